"""A simulated street for clients that share no code with ours."""

import asyncio
import json
import os
import subprocess
import urllib.request
from contextlib import contextmanager


@contextmanager
def street(simulator, name="locks"):
    """Starts the simulator, and hands out what its ready line says."""
    process = subprocess.Popen([simulator, "--street", name], stdout=subprocess.PIPE, text=True)
    try:
        ready = json.loads(process.stdout.readline())
        # Read once by the D-Bus library, so before it is loaded.
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = ready["bus"]
        yield ready
    finally:
        process.terminate()
        process.wait(10)


def report(control, device):
    with urllib.request.urlopen(f"{control}/devices/{device['id']}", timeout=5) as answer:
        return json.load(answer)


def moves(control, device):
    """What the bolt did, told by the lock itself."""
    return [movement["what"] for movement in report(control, device)["movements"]]


async def find(wanted, limit=20):
    """The first device for which `wanted(device, advertisement)` says yes."""
    from bleak import BleakScanner

    found = asyncio.get_running_loop().create_future()

    def seen(device, advertisement):
        if not found.done() and wanted(device, advertisement):
            found.set_result((device, advertisement))

    async with BleakScanner(seen):
        return await asyncio.wait_for(found, limit)


async def until(condition, what, limit=20):
    """Waits for what the lock will do in its own time, with a limit; never for a fixed span."""
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.05)
    print(f"interop: {what}")

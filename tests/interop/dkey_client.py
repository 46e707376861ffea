"""A phone that shares no code with ours opens a simulated dKey lock.

Starts `terskel-simulator --street locks` (argument 1: the binary), finds the fresh lock with bleak, associates with
its activation code, opens it, locks it, and compares what the library says with what the lock itself has counted.
"""

import asyncio
import json
import os
import subprocess
import sys
import urllib.request


def start(simulator):
    process = subprocess.Popen([simulator, "--street", "locks"], stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())


def report(control, device):
    with urllib.request.urlopen(f"{control}/devices/{device['id']}", timeout=5) as answer:
        return json.load(answer)


async def find(address):
    from bleak import BleakScanner
    from py_dormakaba_dkey.dkey import device_filter

    found = asyncio.get_running_loop().create_future()

    def seen(device, advertisement):
        if device.address == address and device_filter(advertisement) and not found.done():
            found.set_result((device, advertisement))

    async with BleakScanner(seen):
        return await asyncio.wait_for(found, 20)


async def until(condition, what):
    """Waits for what the lock will do in its own time, with a limit; never for a fixed span."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.05)
    print(f"dkey interop: {what}")


async def story(control, device):
    from py_dormakaba_dkey import DKEYLock
    from py_dormakaba_dkey.commands import UnlockStatus
    from py_dormakaba_dkey.errors import WrongActivationCode

    async def fresh():
        return DKEYLock(*await find(device["address"]))

    lock = await fresh()
    try:
        await lock.associate("BBBB-BBBB")
        raise SystemExit("dkey interop: a wrong activation code was taken")
    except WrongActivationCode:
        print("dkey interop: wrong activation code refused")

    lock = await fresh()
    association = await lock.associate(device["activation_code"])
    await lock.disconnect()
    print(f"dkey interop: associated as key holder {association.key_holder_id.hex()}")

    lock = await fresh()
    lock.set_association_data(association)
    moves = lambda: [m["what"] for m in report(control, device)["movements"]]
    assert moves() == [], moves()
    assert await lock.unlock()
    await until(lambda: lock.state.unlock_status == UnlockStatus.UNLOCKED, "library heard: unlocked")
    assert moves() == ["unlocked"], moves()
    assert await lock.lock()
    locked = (UnlockStatus.LOCKED, UnlockStatus.SECURITY_LOCKED)
    await until(lambda: lock.state.unlock_status in locked, "library heard: locked")
    assert moves() == ["unlocked", "locked"], moves()
    assert report(control, device)["state"] == "locked"
    assert lock.battery_level is not None
    await lock.disconnect()
    print(f"dkey interop: opened and locked, the lock counted {moves()}, battery {lock.battery_level} %")


def main():
    process, ready = start(sys.argv[1])
    try:
        # Read once by the D-Bus library, so before it is loaded.
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = ready["bus"]
        device = next(d for d in ready["devices"] if d["family"] == "dkey")
        asyncio.run(story(ready["control"], device))
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()

"""`pyNukiBT` pairs with simulated Nuki locks of both generations, opens and locks them, reads state, config and log.

Argument 1: the simulator's program.
"""

import asyncio
import sys

from street import find, moves, street, until


async def story(control, device):
    from nacl.public import PrivateKey
    from pyNukiBT import NukiConst, NukiDevice

    pin = int(device["pin"])
    key = PrivateKey.generate()
    found, _ = await find(lambda it, _: it.address == device["address"])
    nuki = NukiDevice(
        address=device["address"],
        auth_id=None,
        nuki_public_key=None,
        bridge_public_key=key.public_key.encode(),
        bridge_private_key=key.encode(),
        app_id=0x1234ABCD,
        name="Interop",
        client_type=NukiConst.NukiClientType.APP,
        ble_device=found,
    )
    await nuki.connect()
    await nuki.pair(security_pin=pin)
    await nuki.update_state()
    assert str(nuki.last_state["lock_state"]) == "LOCKED", nuki.last_state
    assert moves(control, device) == []
    # The library goes on as soon as the lock has accepted; the motor takes its time.
    await nuki.unlock()
    await until(lambda: moves(control, device) == ["unlocked"], "the bolt is back")
    await nuki.update_state()
    assert str(nuki.last_state["lock_state"]) == "UNLOCKED", nuki.last_state
    await nuki.lock()
    await until(lambda: moves(control, device) == ["unlocked", "locked"], "the bolt is out")
    await nuki.verify_security_pin(pin)
    log = await nuki.request_log_entries(security_pin=pin, count=2)
    assert len(log) == 2, log
    await nuki.disconnect()
    print(f"nuki interop: generation {device['generation']} paired, opened, locked and read as the lock counted")


with street(sys.argv[1]) as ready:
    for lock in (d for d in ready["devices"] if d["family"] == "nuki"):
        asyncio.run(story(ready["control"], lock))

"""`py-dormakaba-dkey` associates with a fresh simulated dKey lock, opens it and locks it.

What the library says is compared with what the lock itself has counted. Argument 1: the simulator's program.
"""

import asyncio
import sys

from street import find, moves, report, street, until


async def story(control, device):
    from py_dormakaba_dkey import DKEYLock
    from py_dormakaba_dkey.commands import UnlockStatus
    from py_dormakaba_dkey.dkey import device_filter
    from py_dormakaba_dkey.errors import WrongActivationCode

    async def fresh():
        is_it = lambda found, told: found.address == device["address"] and device_filter(told)
        return DKEYLock(*await find(is_it))

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
    assert moves(control, device) == []
    assert await lock.unlock()
    await until(lambda: lock.state.unlock_status == UnlockStatus.UNLOCKED, "library heard: unlocked")
    assert moves(control, device) == ["unlocked"]
    assert await lock.lock()
    locked = (UnlockStatus.LOCKED, UnlockStatus.SECURITY_LOCKED)
    await until(lambda: lock.state.unlock_status in locked, "library heard: locked")
    assert moves(control, device) == ["unlocked", "locked"]
    assert report(control, device)["state"] == "locked"
    assert lock.battery_level is not None
    await lock.disconnect()
    print(f"dkey interop: opened and locked as the lock counted, battery {lock.battery_level} %")


with street(sys.argv[1]) as ready:
    asyncio.run(story(ready["control"], next(d for d in ready["devices"] if d["family"] == "dkey")))

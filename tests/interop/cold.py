"""How long the public clients take from the beginning of a connection to an open door: for `cargo xtask bench unlock`.

On standard input, JSON: {"runs": n, "dkey": [{"address", "credential"}], "danalock": [{"serial", "login_token",
"ca_pem"}]}. On standard output, JSON: {"dkey": [milliseconds, …], "danalock": […]}. Each lock is opened once before it
is measured, so that its services are known, as to whoever has been there before.
"""

import asyncio
import json
import sys
import time

from street import find


def milliseconds(since):
    return (time.monotonic() - since) * 1000


async def dkey(lock):
    from py_dormakaba_dkey import DKEYLock
    from py_dormakaba_dkey.dkey import device_filter
    from py_dormakaba_dkey.models import AssociationData

    is_it = lambda found, told: found.address == lock["address"] and device_filter(told)
    it = DKEYLock(*await find(is_it))
    key = bytes.fromhex(lock["credential"])
    it.set_association_data(AssociationData(key[:4], key[4:]))
    begun = time.monotonic()
    assert await it.unlock()
    took = milliseconds(begun)
    await it.disconnect()
    return took


async def danalock(lock):
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from pydanalock.ble import COMPANY_ID, DanalockLock

    with open(lock["ca_pem"], "rb") as file:
        anchor = x509.load_pem_x509_certificate(file.read()).public_bytes(Encoding.DER)
    serial = bytes.fromhex(lock["serial"])
    found, _ = await find(lambda _, told: told.manufacturer_data.get(COMPANY_ID, b"")[1:7] == serial)
    token = bytes.fromhex(lock["login_token"])
    it = DanalockLock(found.address, serial=serial, login_token=token, trust_anchor=anchor)
    begun = time.monotonic()
    await it.connect()
    await it.unlock()
    took = milliseconds(begun)
    await it.disconnect()
    return took


async def main():
    asked = json.load(sys.stdin)
    clients = {"dkey": dkey, "danalock": danalock}
    for family, opening in clients.items():
        for lock in asked[family]:
            await opening(lock)
    took = {family: [] for family in clients}
    for run in range(asked["runs"]):
        for family, opening in clients.items():
            locks = asked[family]
            took[family].append(await opening(locks[run % len(locks)]))
    print(json.dumps(took))


asyncio.run(main())

"""`pydanalock-ble` finds a simulated Danalock by its broadcast, logs in with its certificate checked, opens and locks.

An expired token and another authority are refused. Argument 1: the simulator's program.
"""

import asyncio
import datetime
import sys

from street import find, moves, street


def der(pem):
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    with open(pem, "rb") as file:
        return x509.load_pem_x509_certificate(file.read()).public_bytes(Encoding.DER)


def another_authority():
    """A certificate of the same name with another key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Simulated Danalock CA")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.DER)


def keys_of(service, serial):
    """What the vendor's key service gives out, by the client that speaks to the real one."""
    from pydanalock.cloud import DanalockCloud

    cloud = DanalockCloud(base_url=service["url"])
    cloud.login_password(service["username"], service["password"])
    cloud.refresh()
    assert any(known.serial == serial for known in cloud.devices())
    return cloud.get_key(serial)


async def story(ready, device):
    from pydanalock.ble import COMPANY_ID, CommandError, DanalockLock, parse_broadcast

    serial, key = bytes.fromhex(device["serial"]), bytes.fromhex(device["broadcast_key"])
    anchor, control = der(device["ca_pem"]), ready["control"]
    given = await asyncio.to_thread(keys_of, ready["key_service"], device["serial"])
    assert given.broadcast_key == key and given.login_blob.hex() == device["login_token"]
    print("danalock interop: the key service gives out the lock's token")

    async def broadcast():
        of_it = lambda _, told: told.manufacturer_data.get(COMPANY_ID, b"")[1:7] == serial
        found, told = await find(of_it)
        return found, parse_broadcast(told.manufacturer_data[COMPANY_ID], key)

    async def lock_with(token, trust):
        found, _ = await broadcast()
        login = bytes.fromhex(device[token])
        return DanalockLock(found.address, serial=serial, login_token=login, trust_anchor=trust)

    _, told = await broadcast()
    assert told.locked and told.battery_raw == 100, told
    print("danalock interop: broadcast read, locked")
    for token, trust in [("expired_token", anchor), ("login_token", another_authority())]:
        lock = await lock_with(token, trust)
        try:
            await lock.connect()
            raise SystemExit(f"danalock interop: got in with {token}")
        except CommandError as error:
            assert token == "expired_token", error
        except Exception as error:
            assert type(error).__name__ == "CertificateError" and token == "login_token", repr(error)
        await lock.disconnect()
    print("danalock interop: expired token and another authority refused")

    lock = await lock_with("login_token", anchor)
    await lock.connect()
    assert (await lock.state()).state == 3 and (await lock.battery()).percent == 100
    assert moves(control, device) == []
    await lock.unlock()
    assert moves(control, device) == ["unlocked"]
    assert (await lock.state()).state == 2
    await lock.lock()
    assert moves(control, device) == ["unlocked", "locked"]
    identifier = (await lock.device_information()).firmware_identifier
    await lock.disconnect()
    _, told = await broadcast()
    assert told.locked, told
    print(f"danalock interop: opened and locked as the lock counted, firmware {identifier}")


with street(sys.argv[1]) as ready:
    asyncio.run(story(ready, next(d for d in ready["devices"] if d["family"] == "danalock")))

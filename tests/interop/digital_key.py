"""`cwt` and `pyhpke` check digital keys, open them, and refuse altered ones: those of `docs/digital-key-examples.json`, and those
that a running station has issued, by the keys that it publishes (the file that `station/tests/contract/issued_key.rs` leaves).

What the claims must say is written down here once more, from `docs/digital-key.md`.
"""

import base64
import json
import pathlib
import sys
import uuid

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey
from cwt.exceptions import CWTError
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, PyHPKEError

EXAMPLES = pathlib.Path(__file__).parents[2] / "docs/digital-key-examples.json"
DOMAIN = b"terskel/digital-key/1"
ISS, SUB, AUD, EXP, NBF, IAT, CTI, CNF = range(1, 9)
PHONE, DOOR, FAMILY, OPERATIONS, DISPATCH, SEALED, PERMISSION, BASIS = range(-70_001, -70_009, -1)
EVENING = 1_768_516_200


def verify(key, authority, kid, domain=DOMAIN):
    """The claims of a key. The library takes the signer by its name in the header."""
    signer = COSEKey.new({1: 1, 2: kid, 3: -8, 4: [2], -1: 6, -2: authority})
    return cbor2.loads(COSE.new().decode(key, signer, external_aad=domain))


def open_secret(claims, secret):
    suite = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES128_GCM)
    private = KEMKey.from_pyca_cryptography_key(ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()))
    lock = bytes.fromhex(claims[AUD].replace("-", ""))
    encapsulated, ciphertext = claims[SEALED]
    context = suite.create_recipient_context(
        encapsulated, private, info=b"terskel/credential/1" + lock + claims[CTI]
    )
    return context.open(ciphertext)


def refused(what, attempt):
    try:
        attempt()
    except (CWTError, PyHPKEError, ValueError):
        return
    raise SystemExit(f"digital key interop: {what} was taken")


def issued(left):
    """Keys as a phone gets them; `left`: what was answered to it, and its own secrets."""
    unpadded = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    published = {unpadded(jwk["kid"]): unpadded(jwk["x"]) for jwk in left["published"]["keys"] if jwk["crv"] == "Ed25519"}
    signing, secrets = bytes.fromhex(left["phone_signing_key"]), bytes.fromhex(left["phone_secrets"])
    for given in left["keys"]:
        key = bytes.fromhex(given["key"])
        kid = cbor2.loads(cbor2.loads(key).value[0])[4]
        claims = verify(key, published[kid], kid)
        assert claims[AUD] == given["lock"] and claims[CNF][1][-2] + claims[CNF][1][-3] == signing[1:], claims
        for claim, name in ((PHONE, left["phone"]), (DOOR, given["door"]), (PERMISSION, given["permission"])):
            assert claims[claim] == uuid.UUID(name).bytes, (claim, name, claims)
        assert claims[NBF] <= left["now"] < claims[EXP] <= left["now"] + 12 * 60 * 60, claims
        assert open_secret(claims, secrets[32:])
        refused("an issued key that was altered", lambda: verify(key[:-1] + bytes([key[-1] ^ 1]), published[kid], kid))
        stranger = bytes(32 * [9])
        refused("an issued key under another authority's", lambda: verify(key, stranger, kid))
    print(f"digital key interop: {len(left['keys'])} keys that a station has just issued verify by what it publishes, and open")


def main():
    examples = json.loads(EXAMPLES.read_text())
    names = ("authority", "phone_sealing_secret", "phone_signing_key", "credential")
    authority, secret, signing, credential = (bytes.fromhex(examples[name]) for name in names)
    keys = {basis: bytes.fromhex(key) for basis, key in examples["keys"].items()}
    lifetimes = {"dispatch": 60 * 60, "shift": 8 * 60 * 60, "break_glass": 15 * 60}
    assert keys.keys() == lifetimes.keys()
    for basis, key in keys.items():
        kid = cbor2.loads(cbor2.loads(key).value[0])[4]
        claims = verify(key, authority, kid)
        assert claims[ISS] == "station.example" and claims[FAMILY] == "dkey", claims
        assert claims[NBF] == claims[IAT] == EVENING and claims[EXP] - EVENING == lifetimes[basis], claims
        assert claims[OPERATIONS] == ["open", "lock"] and len(claims[PHONE]) == len(claims[DOOR]) == 16
        assert claims[CNF] == {1: {1: 2, -1: 1, -2: signing[1:33], -3: signing[33:]}}
        assert (DISPATCH in claims, PERMISSION in claims) == (basis == "dispatch", basis == "shift")
        assert claims.get(BASIS) == ("break_glass" if basis == "break_glass" else None)
        assert open_secret(claims, secret) == credential
        refused("another phone's secret", lambda: open_secret(claims, bytes([7]) * 32))
        refused("another key's secret", lambda: open_secret({**claims, CTI: bytes(16)}, secret))
        refused("a key under a badge's domain", lambda: verify(key, authority, kid, b"terskel/badge/1"))
        for at in (len(key) - 1, len(key) // 2, 40):
            altered = key[:at] + bytes([key[at] ^ 1]) + key[at + 1 :]
            refused(f"a key altered at {at}", lambda: verify(altered, authority, kid))
        print(f"digital key interop: a key for {basis} verifies, opens, and is refused when altered")


main()
issued(json.loads(pathlib.Path(sys.argv[1]).read_text()))

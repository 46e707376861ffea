-- The key authority's public keys. Each signs from `signs_from_ms` until the next one does; `withdrawn_ms`: nobody is to
-- believe it any longer. `kid` is the key's name in hex.
CREATE TABLE authority_keys (
  kid TEXT NOT NULL PRIMARY KEY,
  public_key {{bytes}} NOT NULL,
  announced_ms {{int}} NOT NULL,
  signs_from_ms {{int}} NOT NULL,
  withdrawn_ms {{int}}
) {{strict}};

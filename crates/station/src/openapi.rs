//! The contract from the code, at `/openapi.json`.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};

/// The station's `OpenAPI` document.
#[must_use]
pub fn document() -> OpenApi {
    crate::routes::routes().into_openapi()
}

/// What all paths have in common.
pub(crate) fn frame() -> OpenApi {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "The session of a lead without a phone, or an API token of a response centre or an administrator's tool",
        ))
        .build();
    // OpenAPI has no word for this scheme.
    let dpop = ApiKeyValue::with_description(
        "Authorization",
        "`DPoP` and the token of a phone's session, with a proof by the phone in the header `DPoP` (RFC 9449: ES256, \
         `ath`, and the `nonce` that the header `DPoP-Nonce` gave last)",
    );
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Terskel station")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Dispatch, digital keys and audit trail of home care. Errors are RFC 9457 problems.",
                ))
                .license(Some(utoipa::openapi::License::new("EUPL-1.2"))),
        )
        .components(Some(
            ComponentsBuilder::new()
                .security_scheme("bearer", SecurityScheme::Http(bearer))
                .security_scheme("dpop", SecurityScheme::ApiKey(ApiKey::Header(dpop)))
                .build(),
        ))
        .build()
}

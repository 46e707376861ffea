//! The contract from the code, at `/openapi.json`.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};

/// The station's `OpenAPI` document.
#[must_use]
pub fn document() -> OpenApi {
    named(crate::routes::routes().into_openapi())
}

/// With a name of its own for each operation: that of the handler, and of the subject that it is about.
pub(crate) fn named(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
            let subject = operation.tags.iter().flatten().next();
            if let (Some(subject), Some(handler)) = (subject, &operation.operation_id) {
                operation.operation_id = Some(format!("{subject}_{handler}"));
            }
        }
    }
    document
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_operations_have_one_name() {
        let document = serde_json::to_value(document()).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let names: Vec<_> = paths
            .flat_map(|item| item.as_object().unwrap().values())
            .filter_map(|operation| operation["operationId"].as_str())
            .collect();
        assert!(names.len() > 20);
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{names:?}");
        assert!(names.iter().all(|name| name.contains('_')));
    }
}

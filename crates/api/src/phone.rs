//! Enrolling a phone by a one-time code.

use serde::{Deserialize, Serialize};
use terskel_model::PhoneId;

use crate::authority::KeySet;
use crate::{Bytes, Secret};

/// A phone introduces itself with the code that an administrator made for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Enrol {
    /// The one-time code.
    pub code: Secret,
    /// What people call the phone; 1–100 characters.
    pub name: String,
    /// P-256 key that signs, SEC1 uncompressed, 65 bytes.
    pub signing_key: Bytes,
    /// P-256 key that secrets are sealed to (HPKE), SEC1 uncompressed, 65 bytes.
    pub sealing_key: Bytes,
}

/// The station knows the phone now.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// The phone's id.
    pub phone: PhoneId,
    /// The station's key authority: digital keys and badges verify against it.
    pub authority: KeySet,
}

//! What a lead looks up of the own team.

pub(crate) mod continuity;
pub(crate) mod homes;
pub(crate) mod people;
pub(crate) mod phones;
pub(crate) mod presence;
mod stay;
pub(crate) mod visits;

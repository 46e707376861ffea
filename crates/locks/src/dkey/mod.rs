//! dormakaba dKey.

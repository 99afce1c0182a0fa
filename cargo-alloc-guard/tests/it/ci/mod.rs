//! The jobs of the workflow Memory Analysis, as GitHub would run them: what they print, append, leave and
//! come to.

#[cfg(target_os = "linux")]
mod bytehound;
mod job;
mod profile;
#[cfg(target_os = "linux")]
mod secrets;
mod summary;
mod verify;
mod workflows;

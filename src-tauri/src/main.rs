//! The desktop build of the phone app, for development and duty rooms.

// A release build on Windows opens no console beside its window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    terskel_shell::run();
}

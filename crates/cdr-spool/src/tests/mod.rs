//! Files that appear whole or not at all, and the folder that keeps them.

mod delivery;
mod folder;

#![doc = include_str!("../README.md")]

mod leftovers;
mod own;
mod private;

#[cfg(test)]
mod tests;

pub use leftovers::{begin_passing, remove_leftovers};
pub use own::{NO_LINK, NotOurs, Taken, take_over};
pub use private::{
    FILE_MODE, FOLDER_MODE, close_to_others, close_with_warning, create_private_file, create_private_folder,
};

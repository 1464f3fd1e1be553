//! Writes files, standard output, and messages on standard error.

use std::fmt::Display;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Failure;

/// Writes a message for the user. A failure is ignored: the run goes on without its messages.
pub(super) fn tell(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes to standard output.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(|error| Failure::Other(print_failed(&error)))
}

/// Why not everything could be written to standard output.
pub(super) fn print_failed(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::BrokenPipe => "standard output was closed before everything was written".into(),
        _ => format!("standard output cannot be written: {error}"),
    }
}

/// Writes a file, or to standard output.
pub(super) fn write(path: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match path {
        Some(path) => Target::new(path)?.write(bytes),
        None => print(bytes),
    }
}

/// A file that is to be written later. It is checked at once that it can be written, and the old
/// content stays until the new content is complete.
#[derive(Debug)]
pub(super) struct Target {
    name: String,
    /// Its path after symbolic links were followed.
    path: PathBuf,
    way: Way,
}

/// How a file is written.
#[derive(Debug)]
enum Way {
    /// A new file in the same folder takes its place, with the permissions of the old one.
    Replace(Option<Permissions>),
    /// In place: a pipe or a device, or a file in a folder that takes no new ones.
    Through,
}

impl Target {
    pub(super) fn new(path: &Path) -> Result<Self, Failure> {
        let name = super::input::shown(path);
        if path.as_os_str() == "-" {
            return Err(Failure::Input(
                "- is standard output, where the program prints; name a file".into(),
            ));
        }
        Self::find(path, &name)
            .map_err(|error| Failure::Input(format!("{name} cannot be written: {error}")))
    }

    fn find(path: &Path, name: &str) -> io::Result<Self> {
        let (path, way) = match path.metadata() {
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => (path.to_owned(), Way::Through),
            Ok(found) => {
                // A file that may not be written may not be replaced either.
                OpenOptions::new().write(true).open(path)?;
                let path = path.canonicalize()?;
                let way = match create_beside(&path) {
                    Ok(_) => Way::Replace(Some(found.permissions())),
                    Err(_) => Way::Through,
                };
                (path, way)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create_beside(path)?;
                (path.to_owned(), Way::Replace(None))
            }
            Err(error) => return Err(error),
        };
        Ok(Self { name: name.into(), path, way })
    }

    /// The file that this replaces. `None` for a pipe or device, which may have several writers.
    pub(super) fn replaces(&self) -> Option<&Path> {
        matches!(self.way, Way::Replace(_)).then_some(&self.path)
    }

    /// The name as given by the user.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &self.way {
            Way::Replace(permissions) => self.replace(bytes, permissions.as_ref()),
            Way::Through => std::fs::write(&self.path, bytes),
        };
        written.map_err(|error| Failure::Other(format!("{} cannot be written: {error}", self.name)))
    }

    fn replace(&self, bytes: &[u8], permissions: Option<&Permissions>) -> io::Result<()> {
        let mut new = create_beside(&self.path)?;
        new.file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            new.file.set_permissions(permissions.clone())?;
        }
        new.file.sync_data()?;
        std::fs::rename(&new.path, &self.path)
    }
}

/// A new file, which is removed when this is dropped, unless it was renamed before.
struct Beside {
    file: File,
    path: PathBuf,
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Fails if the file was renamed.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Creates a file in the folder of another.
fn create_beside(path: &Path) -> io::Result<Beside> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
    // A long name is cut, so that the new one is not too long for the file system.
    let name: String = name.chars().take(50).collect();
    let path = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    Ok(Beside { file, path })
}

//! All users' state, in memory and, when asked, in a file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::catalogue::{demo_users, project};
use crate::error::ApiError;
use crate::state::UserState;

const FORMAT: &str = "paragon-sandbox state";
const VERSION: u32 = 1;

/// The state of every user of every project.
#[derive(Debug)]
pub(crate) struct Store {
    states: Mutex<StateFile>,
    file: Option<PathBuf>,
}

/// The content of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    format: String,
    version: u32,
    /// Project id → user id → state.
    projects: BTreeMap<String, BTreeMap<String, UserState>>,
}

impl Store {
    /// The demo users in memory; or, with a file, what the file says, which is created if absent.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, StateFileError> {
        let Some(path) = file else {
            return Ok(Self { states: Mutex::new(StateFile::seeded()), file: None });
        };
        let states = match fs::read(path) {
            Ok(bytes) => {
                StateFile::read(&bytes).map_err(|cause| StateFileError::damaged(path, &cause))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let states = StateFile::seeded();
                states.save(path).map_err(|cause| StateFileError::unusable(path, &cause))?;
                states
            }
            Err(error) => return Err(StateFileError::unusable(path, &error)),
        };
        Ok(Self { states: Mutex::new(states), file: Some(path.to_owned()) })
    }

    /// A user's state. Whoever is unknown is a new user who has connected nothing.
    pub(crate) fn read(&self, project_id: &str, user_id: &str) -> UserState {
        let states = self.lock();
        states
            .projects
            .get(project_id)
            .and_then(|users| users.get(user_id))
            .cloned()
            .unwrap_or_default()
    }

    /// Changes a user's state: wholly, in memory and in the file, or not at all.
    pub(crate) fn change<T>(
        &self,
        project_id: &str,
        user_id: &str,
        change: impl FnOnce(&mut UserState) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut states = self.lock();
        let users = states.projects.entry(project_id.to_owned()).or_default();
        let before = users.get(user_id).cloned();
        let mut state = before.clone().unwrap_or_default();
        let result = change(&mut state)?;
        users.insert(user_id.to_owned(), state);
        if let Err(error) = self.save(&states) {
            let users = states.projects.entry(project_id.to_owned()).or_default();
            match before {
                Some(before) => users.insert(user_id.to_owned(), before),
                None => users.remove(user_id),
            };
            return Err(error);
        }
        Ok(result)
    }

    /// Back to the demo users as they were at the very first start.
    pub(crate) fn reset(&self) -> Result<(), ApiError> {
        let mut states = self.lock();
        let seeded = StateFile::seeded();
        self.save(&seeded)?;
        *states = seeded;
        Ok(())
    }

    /// Written while the lock is held, so that files are written in the order of the changes. It
    /// blocks the thread for as long as the disk takes, which a development server can afford.
    fn save(&self, states: &StateFile) -> Result<(), ApiError> {
        let Some(path) = &self.file else { return Ok(()) };
        states.save(path).map_err(|cause| {
            ApiError::internal("state_not_saved", &StateFileError::unusable(path, &cause))
        })
    }

    fn lock(&self) -> MutexGuard<'_, StateFile> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateFile {
    fn seeded() -> Self {
        let mut projects: BTreeMap<String, BTreeMap<String, UserState>> = BTreeMap::new();
        for user in demo_users() {
            if let Some(project) = project(&user.project) {
                let state = UserState::seeded(user, project);
                projects.entry(user.project.clone()).or_default().insert(user.id.clone(), state);
            }
        }
        Self { format: FORMAT.to_owned(), version: VERSION, projects }
    }

    fn read(bytes: &[u8]) -> Result<Self, String> {
        let states: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if states.format != FORMAT {
            return Err(format!("its format is {:?} and not {FORMAT:?}", states.format));
        }
        if states.version != VERSION {
            return Err(format!("its version is {} and not {VERSION}", states.version));
        }
        for user in states.projects.values().flat_map(BTreeMap::values) {
            if user.credentials.iter().any(|credential| credential.configurations.is_empty()) {
                return Err("a credential in it has no configuration".to_owned());
            }
        }
        Ok(states)
    }

    /// Beside the file first, then over it: whenever the machine stops, the file is either the
    /// old one or the new one, never half of one.
    fn save(&self, path: &Path) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = PathBuf::from(beside);
        let written = self.write(&beside).and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            // Best effort: the failure to report is the first one.
            let _ = fs::remove_file(&beside);
        }
        written?;
        // The new name itself should reach the disk too; only unix lets a folder be synced. The
        // file is in place by now, so a failure here must not count as a change not made.
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = File::create(path)?;
        // One write: serde_json into an unbuffered file would be one for each token.
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        file.write_all(&text)?;
        file.sync_all()
    }
}

/// The state file cannot be used.
#[derive(Debug)]
pub struct StateFileError(String);

impl StateFileError {
    fn damaged(path: &Path, cause: &str) -> Self {
        Self(format!(
            "the state file {} is damaged or not the sandbox's: {cause}. It was left as it is; \
             move it away or name another with --state",
            path.display()
        ))
    }

    fn unusable(path: &Path, cause: &io::Error) -> Self {
        Self(format!("the state file {} cannot be used: {cause}", path.display()))
    }
}

impl std::fmt::Display for StateFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StateFileError {}

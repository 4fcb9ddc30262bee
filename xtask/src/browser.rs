//! The browsers of the tests: a Chromium and the driver of the same version, a Firefox, and a
//! `WebKitGTK` with its driver and a screen.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::process::{answer, command, root, step, target};

#[derive(Debug)]
pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
}

impl Browser {
    /// The one named by `CHROMIUM` and `CHROMEDRIVER`, else one on this machine, else a new one.
    pub fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find()? {
            return Ok(found);
        }
        if is_debian_and_root() {
            apt_install(&["chromium", "chromium-driver"])?;
            if let Some(found) = Self::find()? {
                return Ok(found);
            }
        }
        Self::download().context(
            "no Chromium with a chromedriver of the same version was found, and none could be \
             installed. On Debian or Ubuntu type `sudo apt-get install chromium chromium-driver`; \
             anywhere else install both and say where they are: \
             CHROMIUM=/path/to/chrome CHROMEDRIVER=/path/to/chromedriver cargo xtask test",
        )
    }

    /// A copy of `webdriver.json` that names this Chromium: the driver would look for its own.
    pub fn webdriver_capabilities(&self) -> Result<PathBuf> {
        const OPTIONS: &str = "\"goog:chromeOptions\": {";
        let capabilities = fs::read_to_string(root().join("webdriver.json"))?;
        if !capabilities.contains(OPTIONS) {
            bail!("webdriver.json has no `{OPTIONS}`");
        }
        let binary = self.chromium.display().to_string().replace('\\', "\\\\");
        let named =
            capabilities.replacen(OPTIONS, &format!("{OPTIONS} \"binary\": \"{binary}\","), 1);
        let file = target()?.join("xtask/webdriver.json");
        fs::create_dir_all(target()?.join("xtask"))?;
        fs::write(&file, named)?;
        Ok(file)
    }

    fn find() -> Result<Option<Self>> {
        let chromium = chosen("CHROMIUM")?.or_else(|| {
            ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
                .iter()
                .find_map(|name| on_path(name))
                .or_else(|| existing(APPLE_CHROME))
        });
        let driver = chosen("CHROMEDRIVER")?.or_else(|| on_path("chromedriver"));
        let (Some(chromium), Some(chromedriver)) = (chromium, driver) else { return Ok(None) };
        // A driver refuses a browser of another major version.
        let same = major_version(&chromium).is_some_and(|browser| {
            major_version(&chromedriver).is_some_and(|driver| driver == browser)
        });
        Ok(same.then_some(Self { chromium, chromedriver }))
    }

    /// Chrome for Testing, with its driver, into the target directory.
    fn download() -> Result<Self> {
        let directory = target()?.join("browsers");
        let install = |what: &str| -> Result<PathBuf> {
            let mut install = command(if cfg!(windows) { "npx.cmd" } else { "npx" });
            install
                .args(["--yes", "@puppeteer/browsers@2", "install"])
                .arg(format!("{what}@stable"))
                .arg("--path")
                .arg(&directory);
            // Its last line: the name with the version, a space, the path of the program.
            let output = step(&format!("downloading {what}"), install)?;
            let path = output
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix(what)?.split_once(' '))
                .map(|(_, path)| PathBuf::from(path.trim()))
                .filter(|path| path.exists());
            path.with_context(|| format!("cannot tell where {what} was put:\n{output}"))
        };
        let stamp = directory.join("paths");
        if let Ok(paths) = fs::read_to_string(&stamp)
            && let Some((chromium, driver)) = paths.trim().split_once('\n')
            && let (Some(chromium), Some(chromedriver)) = (existing(chromium), existing(driver))
        {
            return Ok(Self { chromium, chromedriver });
        }
        let found = Self { chromium: install("chrome")?, chromedriver: install("chromedriver")? };
        let paths = format!("{}\n{}", found.chromium.display(), found.chromedriver.display());
        fs::write(stamp, paths)?;
        Ok(found)
    }
}

/// An engine that the tests of behaviour run in beside Chromium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Firefox,
    WebKit,
}

impl Engine {
    pub const ALL: [Self; 2] = [Self::Firefox, Self::WebKit];

    /// Its name in rows, and for the tests in `PARAGON_ENGINE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// The variables that name its programs to the tests. One named by a variable of the same name,
    /// else one on this machine, else a new one.
    pub fn find_or_install(self) -> Result<Vec<(&'static str, PathBuf)>> {
        if let Some(found) = self.find()? {
            return Ok(found);
        }
        let packages: &[&str] = match self {
            Self::Firefox => &["firefox-esr"],
            Self::WebKit => &["webkit2gtk-driver", "xvfb"],
        };
        if self == Self::WebKit && !cfg!(target_os = "linux") {
            bail!("WebKitGTK is for Linux");
        }
        if is_debian_and_root() {
            apt_install(packages)?;
            if let Some(found) = self.find()? {
                return Ok(found);
            }
        }
        bail!("not installed; on Debian: `sudo apt-get install {}`", packages.join(" "));
    }

    fn find(self) -> Result<Option<Vec<(&'static str, PathBuf)>>> {
        match self {
            Self::Firefox => {
                let firefox = chosen("FIREFOX")?.or_else(|| {
                    ["firefox-esr", "firefox"]
                        .iter()
                        .find_map(|name| on_path(name))
                        .or_else(|| existing(APPLE_FIREFOX))
                });
                Ok(firefox.map(|firefox| vec![("FIREFOX", firefox)]))
            }
            Self::WebKit => {
                let browser = chosen("MINIBROWSER")?.or_else(mini_browser);
                Ok(browser
                    .filter(|_| on_path("WebKitWebDriver").is_some() && on_path("Xvfb").is_some())
                    .map(|browser| vec![("MINIBROWSER", browser)]))
            }
        }
    }
}

/// `WebKitGTK`'s own small browser, which is beside the library and not on the `PATH`.
fn mini_browser() -> Option<PathBuf> {
    let cpu = std::env::consts::ARCH;
    ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"].iter().find_map(|library| {
        existing(&format!("/usr/lib/{cpu}-linux-gnu/{library}/MiniBrowser"))
            .or_else(|| existing(&format!("/usr/libexec/{library}/MiniBrowser")))
    })
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let mut update = command("apt-get");
    update.args(["update"]);
    step("apt-get update", update)?;
    let mut install = command("apt-get");
    install
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages);
    step(&format!("apt-get install {}", packages.join(" ")), install).map(drop)
}

const APPLE_FIREFOX: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";
const APPLE_CHROME: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// What a variable names. Naming something that is not there is a mistake to report, not to mend.
fn chosen(variable: &str) -> Result<Option<PathBuf>> {
    match std::env::var_os(variable).filter(|path| !path.is_empty()) {
        None => Ok(None),
        Some(path) if Path::new(&path).is_file() => Ok(Some(path.into())),
        Some(path) => bail!("{variable} names {}, which is no file", path.display()),
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(&file)).find(|file| file.is_file())
}

fn existing(path: &str) -> Option<PathBuf> {
    Some(PathBuf::from(path)).filter(|path| path.is_file())
}

/// `156` of `Chromium 156.0.8078.79 built on Debian` or of `ChromeDriver 156.0.8078.79 (…)`.
fn major_version(program: &Path) -> Option<u32> {
    let mut version = command(program);
    version.arg("--version");
    let version = answer(version).ok()?;
    version.split_whitespace().find_map(|word| word.split_once('.')?.0.parse().ok())
}

fn is_debian_and_root() -> bool {
    let mut user = command("id");
    user.arg("-u");
    Path::new("/etc/debian_version").exists()
        && on_path("apt-get").is_some()
        && answer(user).is_ok_and(|id| id == "0")
}

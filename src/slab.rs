//! Values under keys that are never used again: a callback that comes late must not find another
//! value in the place of the one it was meant for.

/// Values, each under a key of its own.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

/// The place of a value. As a number it is whole and below 2⁵³, so that JavaScript can hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    index: u32,
    generation: u32,
}

#[cfg(target_arch = "wasm32")]
const INDICES: f64 = 4_294_967_296.0;
const GENERATIONS: u32 = 1 << 20;

impl<T> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }

    pub(crate) fn insert(&mut self, value: T) -> Key {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, value: None });
            u32::try_from(self.slots.len() - 1).unwrap_or_default()
        });
        let Some(slot) = self.slots.get_mut(index as usize) else {
            return Key { index, generation: 0 };
        };
        slot.value = Some(value);
        Key { index, generation: slot.generation }
    }

    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let slot = self.slots.get_mut(key.index as usize)?;
        if slot.generation == key.generation { slot.value.as_mut() } else { None }
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        let slot = self.slots.get_mut(key.index as usize)?;
        if slot.generation != key.generation {
            return None;
        }
        let value = slot.value.take()?;
        slot.generation = (slot.generation + 1) % GENERATIONS;
        self.free.push(key.index);
        Some(value)
    }

    /// Calls `visit` with each value that is there.
    pub(crate) fn each(&mut self, mut visit: impl FnMut(&mut T)) {
        for slot in &mut self.slots {
            if let Some(value) = &mut slot.value {
                visit(value);
            }
        }
    }
}

#[cfg(target_arch = "wasm32")]
impl Key {
    /// The place without its generation: another value may have had it, and another may get it.
    #[cfg(feature = "exports")]
    pub(crate) fn index(self) -> u32 {
        self.index
    }

    pub(crate) fn to_number(self) -> f64 {
        f64::from(self.generation) * INDICES + f64::from(self.index)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "made by to_number"
    )]
    pub(crate) fn from_number(number: f64) -> Self {
        let generation = (number / INDICES) as u32;
        Self { index: (number - f64::from(generation) * INDICES) as u32, generation }
    }
}

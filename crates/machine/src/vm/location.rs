//! Where in its program a worker is.

use safepoint::Place;

/// What a worker does at a [`Location`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LocationKind {
    /// A poll of no particular kind.
    #[default]
    Poll = 0,
    /// The poll at a call.
    Call = 1,
    /// The poll at a jump backwards.
    BackEdge = 2,
    /// The poll at an allocation.
    Allocation = 3,
    /// The poll at an await.
    Await = 4,
    /// A bulk operation, which runs long without a poll.
    Bulk = 5,
    /// A call that may block, outside a safe region.
    Blocked = 6,
    /// A jump backwards that the poll policy leaves without a poll.
    Unpolled = 7,
    /// No program at all: the worker looks for work.
    Idle = 8,
    /// Before an instruction where a debugger stops.
    Halt = 9,
    /// A poll that the program itself makes.
    Explicit = 10,
}

impl LocationKind {
    const ALL: [Self; 11] = [
        Self::Poll,
        Self::Call,
        Self::BackEdge,
        Self::Allocation,
        Self::Await,
        Self::Bulk,
        Self::Blocked,
        Self::Unpolled,
        Self::Idle,
        Self::Halt,
        Self::Explicit,
    ];

    /// Whether a worker may be there for long without reaching a poll.
    const fn delays(self) -> bool {
        matches!(self, Self::Bulk | Self::Blocked | Self::Unpolled)
    }
}

/// A place in a program, as workers tell it to the coordinator and reports give it back.
///
/// As a [`Place`], its address has the function in the upper half and the instruction in the lower; its detail has the
/// kind in the lowest byte and the task in the 32 bits above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Location {
    /// The task that the worker was running.
    pub task: u32,
    /// The function, by its index.
    pub function: u32,
    /// The instruction, by its offset in the function.
    pub instruction: u32,
    /// What the worker was doing there.
    pub kind: LocationKind,
}

impl From<Location> for Place {
    #[inline(always)]
    fn from(location: Location) -> Self {
        let Location { task, function, instruction, kind } = location;
        let place = Self::at(u64::from(function) << 32 | u64::from(instruction));
        let place = place.with_detail(u64::from(task) << 8 | kind as u64);
        if kind.delays() { place.delaying() } else { place }
    }
}

impl From<Place> for Location {
    fn from(place: Place) -> Self {
        let (address, detail) = (place.address(), place.detail());
        Self {
            task: (detail >> 8) as u32,
            function: (address >> 32) as u32,
            instruction: address as u32,
            kind: LocationKind::ALL.get(usize::from(detail as u8)).copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_comes_back_from_its_place() {
        for kind in LocationKind::ALL {
            let (task, function, instruction) = (u32::MAX, u32::MAX - 1, u32::MAX - 2);
            let location = Location { task, function, instruction, kind };
            let place = Place::from(location);
            assert_eq!(Location::from(place), location);
            assert_eq!(place.delays(), kind.delays());
        }
    }
}

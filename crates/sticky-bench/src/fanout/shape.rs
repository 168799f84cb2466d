/// How many write how much to how many.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub documents: usize,
    /// Clients of each document.
    pub clients: usize,
    /// How many of them write.
    pub writers: usize,
    /// Keystrokes of each writer in a second.
    pub rate: u32,
    /// The most that a delivery may cost, as a multiple of the floor's.
    pub most_cpu: f64,
}

impl Shape {
    /// A team's notes, one popular note, many small ones.
    pub const ALL: [Self; 3] = [
        Self { documents: 10, clients: 10, writers: 2, rate: 20, most_cpu: 2.0 },
        Self { documents: 1, clients: 100, writers: 5, rate: 10, most_cpu: 2.0 },
        Self { documents: 50, clients: 4, writers: 2, rate: 10, most_cpu: 2.5 },
    ];

    pub fn name(self) -> String {
        format!("{}x{}", self.documents, self.clients)
    }
}

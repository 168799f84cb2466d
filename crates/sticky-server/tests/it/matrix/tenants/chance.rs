/// Numbers that a seed gives.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize
    }

    pub(super) fn of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.next() % things.len()]
    }

    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.next().is_multiple_of(count)
    }
}

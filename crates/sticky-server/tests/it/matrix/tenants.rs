//! Two tenants who do whatever they like, to each other's things as often as to their own: nothing crosses.

mod chance;
mod step;
mod tenant;

use chance::Chance;
use step::Step;
use tenant::Tenant;

use crate::harness::Server;

const STEPS: usize = 300;
const SEEDS: u64 = 3;

#[tokio::test]
async fn nothing_crosses_between_two_tenants() {
    for seed in 0..SEEDS {
        let server = Server::listening(false).await;
        let mut tenants =
            [Tenant::new(&server, "Quagga").await, Tenant::new(&server, "Thylacine").await];
        let mut chance = Chance(seed);
        for nth in 0..STEPS {
            let told = format!("seed {seed}, step {nth}");
            Step::new(&server, &mut tenants, &mut chance, told).take().await;
        }
    }
}

mod export;
mod import;
mod import_error;
mod past;

use std::sync::Arc;

use super::Ports;
use crate::event::{Actor, Via};
use crate::id::PrincipalId;
use crate::port::{Histories, Vetting};

pub use export::Exporter;
pub use import::{Import, Imported};
pub use import_error::ImportError;

/// Notes with their whole history, out into files and in again. For whoever runs the server: nobody's right is asked for.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are traits without Debug")]
pub struct Transfers {
    ports: Ports,
    histories: Arc<dyn Histories>,
    vetting: Arc<dyn Vetting>,
}

impl Transfers {
    pub fn new(ports: Ports, histories: Arc<dyn Histories>, vetting: Arc<dyn Vetting>) -> Self {
        Self { ports, histories, vetting }
    }
}

fn directly(principal: PrincipalId) -> Actor {
    Actor { principal, via: Via::Direct, correlation: None }
}

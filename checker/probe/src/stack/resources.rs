//! Networks and volumes of the engine, and which of them are the stack's.

use std::collections::BTreeSet;

use futures_util::future::join;

use crate::ProbeError;
use labcheck_core::facts::{Network, Volume};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::model::socket_mounts::BackedVolume;

/// Every network and volume of the engine, the stack's or not.
pub(crate) struct Resources {
    /// Networks, each with the addresses of its gateways.
    networks: Vec<(Network, Vec<String>)>,
    /// Volumes, each with what stands behind it.
    pub volumes: Vec<BackedVolume>,
}

/// What of them is the stack's, in the order of names.
pub(crate) struct OfStack {
    pub networks: Vec<Network>,
    /// The addresses of a network's gateways, by its name.
    pub gateways: Vec<(String, Vec<String>)>,
    pub volumes: Vec<Volume>,
}

impl Resources {
    /// Asks the engine for all of them.
    ///
    /// # Errors
    /// The engine was lost.
    pub(crate) async fn list(engine: &Engine) -> Result<Self, ProbeError> {
        let (networks, volumes) = join(engine.networks(), engine.volumes()).await;
        Ok(Self {
            networks: networks?,
            volumes: volumes?,
        })
    }

    /// Networks and volumes that containers of the stack use, networks also by way of `lenders`, or that carry its project's label.
    pub(crate) fn of_stack(
        self,
        containers: &[Inspected],
        lenders: &[Inspected],
        lab: &str,
    ) -> OfStack {
        let projects: BTreeSet<&str> = containers
            .iter()
            .filter_map(|inspected| inspected.container.project.as_deref())
            .collect();
        let ours = |project: &Option<String>| {
            project
                .as_deref()
                .is_some_and(|project| projects.contains(project))
        };
        let attached: BTreeSet<&str> = containers
            .iter()
            .chain(lenders)
            .flat_map(|inspected| &inspected.container.networks)
            .map(|end| end.network.as_str())
            .collect();
        let mounted: BTreeSet<&str> = containers
            .iter()
            .flat_map(|inspected| &inspected.container.mounts)
            .map(|mount| mount.source.as_str())
            .collect();
        // What the lab or the project made itself is no leftover of another one.
        let own = |left_by: &Option<String>, project: &Option<String>| {
            left_by.as_deref() == Some(lab) || ours(project)
        };
        let mut networks: Vec<_> = self
            .networks
            .into_iter()
            .filter(|(network, _)| {
                attached.contains(network.name.as_str()) || ours(&network.project)
            })
            .collect();
        networks.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        for (network, _) in &mut networks {
            if own(&network.left_by, &network.project) {
                network.left_by = None;
            }
        }
        let mut volumes: Vec<_> = self
            .volumes
            .into_iter()
            .map(|(volume, _)| volume)
            .filter(|volume| mounted.contains(volume.name.as_str()) || ours(&volume.project))
            .collect();
        volumes.sort_by(|a, b| a.name.cmp(&b.name));
        for volume in &mut volumes {
            if own(&volume.left_by, &volume.project) {
                volume.left_by = None;
            }
        }
        let gateways = networks
            .iter()
            .map(|(network, gateways)| (network.name.clone(), gateways.clone()));
        OfStack {
            gateways: gateways.collect(),
            networks: networks.into_iter().map(|(network, _)| network).collect(),
            volumes,
        }
    }
}

//! Every kind of check, one file each: the file's stem is the kind's name in lab files.
//!
//! Nothing else lies here; what several kinds need is in [`super::shared`]. It may import that, [`crate::facts`],
//! [`crate::text`] and [`crate::embedded`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::judging::Kind;
use super::scene::Scene;
use super::verdict::Verdict;
use super::want::Want;

/// The one list of kinds: it makes the type lab files are read into, the dispatch, the schema, the reference page of
/// the book and the names the tests go by.
macro_rules! kinds {
    ($($stem:ident: $kind:ident,)+) => {
        $(mod $stem;)+
        $(pub use $stem::$kind;)+

        /// What a check expects: one kind with its parameters.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        pub enum Expect {
            $(
                #[doc = concat!("See [`", stringify!($kind), "`].")]
                $kind($kind),
            )+
        }

        impl Expect {
            /// Every kind's name in lab files.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($stem),)+];

            /// Every kind's name with an example, as YAML, for the reference page and its test.
            pub const EXAMPLES: &'static [(&'static str, &'static str)] = &[$((stringify!($stem), $stem::EXAMPLE),)+];

            /// The kind's name.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$kind(_) => stringify!($stem),)+ }
            }

            fn kind(&self) -> &dyn Kind {
                match self { $(Self::$kind(kind) => kind,)+ }
            }
        }
    };
}

kinds! {
    running: Running,
    published: Published,
    page: Page,
    loopback_only: LoopbackOnly,
    image_pinned: ImagePinned,
    first_process: FirstProcess,
    served: Served,
    really_uikit: ReallyUikit,
    navbar: Navbar,
    nothing_from_elsewhere: NothingFromElsewhere,
    cacheable: Cacheable,
    compressed: Compressed,
    missing_asset: MissingAsset,
    no_way_out: NoWayOut,
    accessible_page: AccessiblePage,
    healthy: Healthy,
    kept_in_volume: KeptInVolume,
    shared_network: SharedNetwork,
    waits_for: WaitsFor,
    asks_sign_in: AsksSignIn,
    stores: Stores,
    finds: Finds,
    qr_code: QrCode,
    updates: Updates,
    bad_form: BadForm,
    injection: Injection,
    escapes: Escapes,
    related_tables: RelatedTables,
    survives_restart: SurvivesRestart,
    sessions_of: SessionsOf,
    no_global_rights: NoGlobalRights,
    own_schema_only: OwnSchemaOnly,
    verbs: Verbs,
    refused: Refused,
    root_password: RootPassword,
    root_stays_home: RootStaysHome,
    secret_hidden: SecretHidden,
    one_entry: OneEntry,
    closed_from_outside: ClosedFromOutside,
    through_entry: ThroughEntry,
    apart: Apart,
    unreachable: Unreachable,
    internal_network: InternalNetwork,
    networks_used: NetworksUsed,
    redirects_to_https: RedirectsToHttps,
    tls_works: TlsWorks,
    modern_tls_only: ModernTlsOnly,
    certificate_dates: CertificateDates,
    certificate_names_host: CertificateNamesHost,
    security_headers: SecurityHeaders,
    forwarded_headers: ForwardedHeaders,
    all_healthy: AllHealthy,
    restart_policy: RestartPolicy,
    limits: Limits,
    log_rotation: LogRotation,
    read_only_root: ReadOnlyRoot,
    no_new_privileges: NoNewPrivileges,
    capabilities_dropped: CapabilitiesDropped,
    no_docker_socket: NoDockerSocket,
    own_image: OwnImage,
    no_source_mounts: NoSourceMounts,
    no_toolchain: NoToolchain,
    by_name: ByName,
    state_in_database: StateInDatabase,
    effective_user: EffectiveUser,
    image_size: ImageSize,
    stops_in_time: StopsInTime,
    expose_agrees: ExposeAgrees,
    no_secret_in_image: NoSecretInImage,
    bases_pinned: BasesPinned,
    left_out: LeftOut,
    image_labels: ImageLabels,
    fresh_image: FreshImage,
    one_command: OneCommand,
    survives_down_up: SurvivesDownUp,
}

impl Kind for Expect {
    fn wants(&self) -> Vec<Want> {
        self.kind().wants()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        self.kind().judge(scene)
    }
}

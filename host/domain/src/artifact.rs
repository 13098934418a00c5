//! A package as an OCI artifact, in the layout that WebAssembly tools share (CNCF TAG Runtime, "Wasm OCI Artifact layout"):
//! one image manifest, a configuration of `application/vnd.wasm.config.v0+json`, one layer `application/wasm`.
//!
//! `plugin.toml` stands in the configuration as it was written. Everything else follows from it and from the component, the
//! date included (there is none: 1970), so that the same sources give the same digest wherever they are packed, and the
//! digest of the manifest, which every registry knows, is the package's identity.

use serde::{Deserialize, Serialize};

use crate::package::{Capability, Digest, Manifest};

/// What the manifest is (OCI Image Format 1.1).
pub const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// What the configuration is.
pub const CONFIG_TYPE: &str = "application/vnd.wasm.config.v0+json";
/// What the component is.
pub const COMPONENT_TYPE: &str = "application/wasm";

/// A blob as a manifest names it (OCI Image Format 1.1, "Content Descriptors").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// The SHA-256 of its bytes.
    pub digest: String,
    /// Bytes.
    pub size: u64,
}

impl Descriptor {
    /// Of these bytes.
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        let (media_type, digest) = (media_type.to_owned(), Digest::of(bytes).to_string());
        Self { media_type, digest, size: bytes.len() as u64 }
    }
}

/// The manifest's shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageManifest {
    schema_version: u8,
    media_type: String,
    /// The configuration.
    pub config: Descriptor,
    /// The component alone.
    pub layers: Vec<Descriptor>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    created: String,
    architecture: String,
    os: String,
    layer_digests: Vec<String>,
    component: Interfaces,
    /// `plugin.toml`; our own addition, which other tools pass over.
    plugin: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Interfaces {
    exports: Vec<String>,
    imports: Vec<String>,
}

/// A package's manifest and configuration, as their bytes. The component is beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The image manifest, JSON.
    pub manifest: Vec<u8>,
    /// The configuration, JSON.
    pub config: Vec<u8>,
}

/// What is no package of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// Another kind of artifact, or none.
    #[error("this is no plugin: {0}; packages are made and published with `lotus plugin publish`")]
    NoPlugin(String),
}

impl Artifact {
    /// Of a manifest, as it was written, and its component.
    pub fn of(manifest: &Manifest, source: &str, component: &[u8]) -> Self {
        let interface = |name: &str| format!("lotus:plugin/{name}@{}.0", manifest.contract);
        let mut exports: Vec<String> = manifest.points.iter().map(|point| interface(point.name())).collect();
        exports.sort_unstable();
        exports.dedup();
        let imports = manifest.capabilities.keys().copied().map(Capability::name).map(interface).collect();
        let layer = Descriptor::of(COMPONENT_TYPE, component);
        let config = json(&Configuration {
            created: "1970-01-01T00:00:00Z".to_owned(),
            architecture: "wasm".to_owned(),
            os: "wasip2".to_owned(),
            layer_digests: vec![layer.digest.clone()],
            component: Interfaces { exports, imports },
            plugin: source.to_owned(),
        });
        let manifest = json(&ImageManifest {
            schema_version: 2,
            media_type: MANIFEST_TYPE.to_owned(),
            config: Descriptor::of(CONFIG_TYPE, &config),
            layers: vec![layer],
        });
        Self { manifest, config }
    }

    /// The package's identity.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.manifest)
    }

    /// What a manifest says its parts are: configuration and component.
    pub fn parts(manifest: &[u8]) -> Result<(Descriptor, Descriptor), ArtifactError> {
        let no_plugin = |problem: &str| ArtifactError::NoPlugin(problem.to_owned());
        let read: ImageManifest =
            serde_json::from_slice(manifest).map_err(|_| no_plugin("its manifest is not an OCI image manifest"))?;
        if read.config.media_type != CONFIG_TYPE {
            return Err(no_plugin("its configuration is not that of a WebAssembly artifact"));
        }
        match <[Descriptor; 1]>::try_from(read.layers) {
            Ok([layer]) if layer.media_type == COMPONENT_TYPE => Ok((read.config, layer)),
            _ => Err(no_plugin("it has not exactly one layer of the type application/wasm")),
        }
    }

    /// `plugin.toml`, out of a configuration.
    pub fn plugin_toml(config: &[u8]) -> Result<String, ArtifactError> {
        let read: Result<Configuration, _> = serde_json::from_slice(config);
        read.map(|read| read.plugin)
            .map_err(|_| ArtifactError::NoPlugin("there is no plugin.toml in its configuration".to_owned()))
    }
}

/// Structures of texts and numbers, in the order in which their fields stand: they always have a JSON form.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "id = \"cn.example.porcelain\"\nversion = \"1.2.3\"\ncontract = \"1.0\"\ntitle = \"钧瓷\"\n\
                          publisher = \"禹州市\"\npoints = [\"zones\"]\n";

    #[test]
    fn the_same_sources_give_the_same_bytes_and_other_ones_others() {
        let manifest = Manifest::parse(SOURCE).unwrap();
        let artifact = Artifact::of(&manifest, SOURCE, b"\0asm");
        assert_eq!(artifact, Artifact::of(&manifest, SOURCE, b"\0asm"));
        assert_ne!(artifact.digest(), Artifact::of(&manifest, SOURCE, b"\0asn").digest());
        let commented = format!("{SOURCE}# one more line\n");
        assert_ne!(artifact.digest(), Artifact::of(&manifest, &commented, b"\0asm").digest());
        // Written out, so that a change of the layout is seen: it would give every package another identity.
        assert_eq!(
            String::from_utf8(artifact.config.clone()).unwrap().split("\"plugin\"").next().unwrap(),
            "{\"created\":\"1970-01-01T00:00:00Z\",\"architecture\":\"wasm\",\"os\":\"wasip2\",\"layerDigests\":\
             [\"sha256:cd5d4935a48c0672cb06407bb443bc0087aff947c6b864bac886982c73b3027f\"],\"component\":{\"exports\":\
             [\"lotus:plugin/zones@1.0.0\"],\"imports\":[]},"
        );
    }

    #[test]
    fn what_was_packed_is_read_again() {
        let manifest = Manifest::parse(SOURCE).unwrap();
        let artifact = Artifact::of(&manifest, SOURCE, b"\0asm");
        let (config, layer) = Artifact::parts(&artifact.manifest).unwrap();
        assert_eq!(config, Descriptor::of(CONFIG_TYPE, &artifact.config));
        assert_eq!(layer.size, 4);
        assert_eq!(Artifact::plugin_toml(&artifact.config).unwrap(), SOURCE);
        assert!(Artifact::parts(b"{}").unwrap_err().to_string().contains("lotus plugin publish"));
    }
}

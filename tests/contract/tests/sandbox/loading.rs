//! What is refused before anything of it runs: each with one message that ends with what to do.

use lotus_contract_tests::Stage;
use lotus_domain::package::Manifest;
use lotus_runtime::{LoadError, MOST_COMPONENT_BYTES};
use proptest::prelude::*;

/// A manifest that answers these points and asks for nothing.
fn manifest(points: &str) -> Manifest {
    let source = format!(
        "id = \"cn.example.refused\"\nversion = \"1.0.0\"\ncontract = \"1.0\"\ntitle = \"拒载\"\n\
         publisher = \"测试\"\npoints = [{points}]\n"
    );
    Manifest::parse(&source).expect("it is sound")
}

async fn refused(points: &str, component: &[u8]) -> LoadError {
    Stage::shared().runtime.load(&manifest(points), component).await.expect_err("it is refused")
}

fn component(source: &str) -> Vec<u8> {
    wat::parse_str(source).expect("it is WebAssembly text")
}

fn says(error: &LoadError, words: &str, what_to_do: &str) {
    let message = error.to_string();
    assert!(message.contains(words), "{message}");
    assert!(message.ends_with(what_to_do), "{message}");
}

#[tokio::test]
async fn what_is_not_a_component_is_refused() {
    for bytes in [b"PK\x03\x04 a zip file".as_slice(), b"", b"\0asm\x0d\0\x01\0 and then nonsense"] {
        let error = refused("\"zones\"", bytes).await;
        assert!(matches!(error, LoadError::NotAComponent(_)), "{error:?}");
        says(&error, "not a WebAssembly component", "or with your language's componentize tool");
    }
}

#[tokio::test]
async fn a_core_module_is_refused() {
    let error = refused("\"zones\"", &component("(module)")).await;
    assert_eq!(error, LoadError::CoreModule);
    says(&error, "core WebAssembly module", "wrap it with `wasm-tools component new`");
}

#[tokio::test]
async fn a_component_that_is_too_large_is_refused() {
    let mut bytes = component("(component)");
    bytes.resize(MOST_COMPONENT_BYTES + 1, 0);
    let error = refused("\"zones\"", &bytes).await;
    assert_eq!(error, LoadError::TooLarge { bytes: MOST_COMPONENT_BYTES + 1 });
    says(&error, "33554433 bytes", "build it optimised and without debug information");
}

#[tokio::test]
async fn a_capability_that_the_manifest_does_not_ask_for_is_refused() {
    let guest = lotus_artifacts::guest("undeclared");
    let error = refused("\"zones\"", guest.component).await;
    assert!(matches!(error, LoadError::Undeclared("storage" | "http")), "{error:?}");
    says(&error, "which its manifest does not ask for", "to plugin.toml, or don't use it");
}

#[tokio::test]
async fn an_import_outside_the_contract_is_refused() {
    for import in ["evil:host/shell@1.0.0", "shell", "lotus:plugin/shell@1.0.0", "wasi:http/outgoing-handler@0.2.0"] {
        let error = refused("\"zones\"", &component(&format!("(component (import \"{import}\" (instance)))"))).await;
        assert_eq!(error, LoadError::UnknownImport(import.to_owned()));
        says(&error, import, "only the interfaces in wit/ can be imported");
    }
}

#[tokio::test]
async fn a_newer_contract_is_refused_in_imports_and_exports() {
    let newer = [
        "(component (import \"lotus:plugin/log@1.9.0\" (instance)))",
        "(component (import \"lotus:plugin/log@2.0.0\" (instance)))",
        "(component (instance $i) (export \"lotus:plugin/zones@1.9.0\" (instance $i)))",
    ];
    for source in newer {
        let error = refused("\"zones\"", &component(source)).await;
        assert!(matches!(error, LoadError::NewerContract(_)), "{error:?}");
        says(&error, "this host answers contract 1.0", "upgrade the host, or build against an older contract");
    }
}

#[tokio::test]
async fn an_export_that_the_manifest_does_not_say_is_refused() {
    let error = refused("\"services\"", lotus_artifacts::guest("echo").component).await;
    assert_eq!(error, LoadError::UndeclaredExport("zones"));
    says(&error, "exports zones", "add it to points in plugin.toml, or don't export it");
}

#[tokio::test]
async fn an_export_that_the_manifest_promises_and_the_component_lacks_is_refused() {
    let error = refused("\"zones\", \"services\"", lotus_artifacts::guest("echo").component).await;
    assert_eq!(error, LoadError::MissingExport("services"));
    says(&error, "does not export lotus:plugin/services", "or take it out of points in plugin.toml");
}

#[tokio::test]
async fn what_the_host_does_not_answer_yet_is_refused_by_name() {
    let answers = "(component (instance $i) (export \"lotus:plugin/emergencies@1.0.0\" (instance $i)))";
    let error = refused("\"emergencies\"", &component(answers)).await;
    assert_eq!(error, LoadError::NotYet("emergencies"));
    says(&error, "emergencies is part of the contract", "a later version of the host will");
}

#[tokio::test]
async fn the_right_name_with_the_wrong_shape_is_refused() {
    let wrong = "(component (instance $i) (export \"lotus:plugin/zones@1.0.0\" (instance $i)))";
    let error = refused("\"zones\"", &component(wrong)).await;
    assert!(matches!(error, LoadError::Incompatible(_)), "{error:?}");
    says(&error, "does not fit the contract", "build it against wit/ as it is in this repository");
    let wrong = "(component (core module $m (func (export \"f\"))) (core instance $i (instantiate $m)) \
                 (func $f (canon lift (core func $i \"f\"))) \
                 (instance $zones (export \"list-zones\" (func $f)) (export \"render\" (func $f))) \
                 (export \"lotus:plugin/zones@1.0.0\" (instance $zones)))";
    let error = refused("\"zones\"", &component(wrong)).await;
    says(&error, "has another list-zones than the contract", "build it against wit/ as it is in this repository");
    let wrong = "(component (import \"lotus:plugin/log@1.0.0\" (instance (export \"write\" (func)))))";
    let error = Stage::shared().runtime.load(&manifest("\"zones\""), &component(wrong)).await.expect_err("refused");
    assert!(matches!(error, LoadError::MissingExport("zones") | LoadError::Incompatible(_)), "{error:?}");
}

#[tokio::test]
async fn a_component_that_needs_more_than_any_call_has_is_refused() {
    let memory = "(component (core module $m (memory 2000)) (core instance (instantiate $m)))";
    let error = refused("\"zones\"", &component(memory)).await;
    says(&error, "memory", "sdk/README.md names");
    let many = format!("(component (core module $m) {})", "(core instance (instantiate $m))".repeat(65));
    let error = refused("\"zones\"", &component(&many)).await;
    says(&error, "instances", "sdk/README.md names");
}

#[tokio::test]
async fn a_second_load_comes_from_the_cache_and_a_damaged_file_is_compiled_anew() {
    let stage = Stage::with_instances(4);
    let first = stage.guest("echo").await;
    let files = stage.compiled();
    let again = stage.again();
    assert_eq!(again.guest("echo").await.words("echo", Some("一")).await, "一");
    assert_eq!(stage.compiled(), files, "nothing was compiled again");
    stage.forget_compiled();
    assert_eq!(first.words("echo", Some("二")).await, "二", "what is mapped stays");
    assert_eq!(again.again().guest("echo").await.words("echo", Some("三")).await, "三");
    assert_eq!(stage.compiled(), files);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hosts_that_share_a_cache_compile_side_by_side() {
    let one = Stage::with_instances(4);
    let two = one.again();
    let (first, second) = futures::join!(one.guest("echo"), two.guest("echo"));
    assert_eq!(first.words("echo", Some("一")).await, "一");
    assert_eq!(second.words("echo", Some("二")).await, "二");
}

/// Loads on a runtime of its own, since property tests are not async; a panic within must not pass as a refusal.
fn load(bytes: &[u8]) -> Result<(), LoadError> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let loaded = tokio.block_on(Stage::shared().runtime.load(&manifest("\"zones\""), bytes));
    if let Err(error) = &loaded {
        assert!(!error.to_string().contains(" panicked"), "{error}");
    }
    loaded.map(drop)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(load(&bytes).is_err());
        let begun = [b"\0asm\x0d\0\x01\0".as_slice(), &bytes].concat();
        prop_assert!(load(&begun).is_err());
    }

    #[test]
    fn truncated_components_never_panic(kept in 0.0..1.0_f64) {
        let whole = lotus_artifacts::guest("echo").component;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let length = (whole.len() as f64 * kept) as usize;
        prop_assert!(load(&whole[..length]).is_err());
    }
}

proptest! {
    // Some of these are sound and are compiled.
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn damaged_components_never_panic(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = lotus_artifacts::guest("echo").component.to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = load(&bytes);
    }
}

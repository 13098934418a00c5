//! The released contract may only gain things: every item of `wit/v1` and its shape stands in `released/v1.txt`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use wit_parser::{FunctionKind, Handle, Resolve, Type, TypeDefKind, TypeId};

const RELEASED: &str = "tests/contract/released/v1.txt";

/// One line for each type and function, `interface.name` first.
fn items(folder: &Path) -> BTreeSet<String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder).expect("the contract can be read");
    let package = &resolve.packages[package];
    let mut items = BTreeSet::new();
    for (interface, id) in &package.interfaces {
        let interface_items = &resolve.interfaces[*id];
        for (name, id) in &interface_items.types {
            items.insert(format!("{interface}.{name}: {}", definition(&resolve, *id)));
        }
        for (name, function) in &interface_items.functions {
            assert!(matches!(function.kind, FunctionKind::Freestanding), "{interface}.{name}: {:?}", function.kind);
            let params: Vec<String> =
                function.params.iter().map(|param| format!("{}: {}", param.name, shape(&resolve, &param.ty))).collect();
            let mut line = format!("{interface}.{name}: func({})", params.join(", "));
            if let Some(result) = &function.result {
                write!(line, " -> {}", shape(&resolve, result)).expect("a string takes it");
            }
            items.insert(line);
        }
    }
    for (world, id) in &package.worlds {
        let world_items = &resolve.worlds[*id];
        // Without the version, which grows.
        let interface = |name: String| name.split('@').next().unwrap_or_default().to_owned();
        for (key, _) in &world_items.imports {
            items.insert(format!("world {world}: import {}", interface(resolve.name_world_key(key))));
        }
        for (key, _) in &world_items.exports {
            items.insert(format!("world {world}: export {}", interface(resolve.name_world_key(key))));
        }
    }
    items
}

fn definition(resolve: &Resolve, id: TypeId) -> String {
    let cases = |cases: Vec<String>| cases.join(", ");
    match &resolve.types[id].kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter().map(|field| format!("{}: {}", field.name, shape(resolve, &field.ty)));
            format!("record {{ {} }}", cases(fields.collect()))
        }
        TypeDefKind::Variant(variant) => {
            let all = variant.cases.iter().map(|case| match &case.ty {
                Some(ty) => format!("{}({})", case.name, shape(resolve, ty)),
                None => case.name.clone(),
            });
            format!("variant {{ {} }}", cases(all.collect()))
        }
        TypeDefKind::Enum(all) => {
            format!("enum {{ {} }}", cases(all.cases.iter().map(|case| case.name.clone()).collect()))
        }
        TypeDefKind::Flags(all) => {
            format!("flags {{ {} }}", cases(all.flags.iter().map(|flag| flag.name.clone()).collect()))
        }
        TypeDefKind::Resource => "resource".to_owned(),
        TypeDefKind::Type(Type::Id(other)) => format!("is {}", named(resolve, *other)),
        other => format!("is {}", kind(resolve, other)),
    }
}

/// The name of a type with its interface, since another interface's type of the same name is another type.
fn named(resolve: &Resolve, id: TypeId) -> String {
    let ty = &resolve.types[id];
    let name = ty.name.clone().unwrap_or_default();
    match ty.owner {
        wit_parser::TypeOwner::Interface(interface) => {
            format!("{}.{name}", resolve.interfaces[interface].name.clone().unwrap_or_default())
        }
        _ => name,
    }
}

fn shape(resolve: &Resolve, ty: &Type) -> String {
    match ty {
        Type::Id(id) => match &resolve.types[*id] {
            ty if ty.name.is_some() => ty.name.clone().unwrap_or_default(),
            ty => kind(resolve, &ty.kind),
        },
        primitive => format!("{primitive:?}").to_lowercase(),
    }
}

fn kind(resolve: &Resolve, kind: &TypeDefKind) -> String {
    let or_none = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), |ty| shape(resolve, ty));
    match kind {
        TypeDefKind::Option(ty) => format!("option<{}>", shape(resolve, ty)),
        TypeDefKind::List(ty) => format!("list<{}>", shape(resolve, ty)),
        TypeDefKind::Result(result) => format!("result<{}, {}>", or_none(&result.ok), or_none(&result.err)),
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<String> = tuple.types.iter().map(|ty| shape(resolve, ty)).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Handle(Handle::Own(id)) => format!("own<{}>", named(resolve, *id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => format!("borrow<{}>", named(resolve, *id)),
        TypeDefKind::Type(ty) => shape(resolve, ty),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_released_contract_only_gains_things() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let released = std::fs::read_to_string(root.join(RELEASED)).unwrap_or_default();
    let released: BTreeSet<String> = released.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect();
    let now = items(&root.join("wit/v1"));

    let lost: Vec<&str> = released.difference(&now).map(String::as_str).collect();
    assert!(
        lost.is_empty(),
        "wit/v1 has lost or changed what released plugins were built against; each of them would stop working:\n\n{}\n\n\
         Put it back. A new word goes beside the old one under a new name (a record or variant can't grow in place); \
         what must really change belongs to a new major version, in a new folder beside wit/v1.",
        lost.join("\n")
    );
    let gained: Vec<&str> = now.difference(&released).map(String::as_str).collect();
    assert!(
        gained.is_empty(),
        "wit/v1 has gained something, which is allowed. To release it for good, add these lines to {RELEASED} (its order \
         does not matter) and raise the minor version in the package's name and in lotus_domain::package::CONTRACT:\n\n{}\n",
        gained.join("\n")
    );
}

from __future__ import annotations

import dataclasses
import tomllib

import pytest

from adapters.wco.profile import Profile, built_in, from_files
from gateway.errors import SettingsError
from gateway.model.stages import MessageType


def test_built_in_profile_names_its_messages_and_schemas(profile: Profile) -> None:
    assert [(kind.name, kind.root, kind.schema) for kind in profile.messages] == [
        ("cargo-report", "Declaration", "cargo-report.xsd"),
        ("conveyance-report", "Declaration", "conveyance-report.xsd"),
        ("declaration", "Declaration", "declaration.xsd"),
        ("response", "Response", "response.xsd"),
    ]


def test_no_namespace_of_ours_pretends_to_be_wco(profile: Profile) -> None:
    spaces = [kind.namespace for kind in profile.messages] + [profile.envelope.namespace]
    assert all(space.startswith("urn:pierhead:profile:") for space in spaces)


def test_profile_is_frozen(profile: Profile) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        profile.name = "other"  # type: ignore[misc]


def test_message_type_carries_the_profile_as_association(profile: Profile) -> None:
    assert profile.type_of(profile.messages[0]) == MessageType("wco", "cargo-report", "1", association="pierhead")


def test_unknown_built_in_profile_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="atlantis"):
        built_in("atlantis")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.pop("profile.toml"), "profile.toml"),
        (lambda f: f.update({"profile.toml": b"name = "}), "cannot be read"),
        (lambda f: f.update({"profile.toml": b"\xff"}), "cannot be read"),
        (lambda f: f.pop("response.xsd"), "response.xsd"),
        (lambda f: f.update({"profile.toml": f["profile.toml"].replace(b'"none"', b'"SOAP"')}), "SOAP"),
        (lambda f: f.update({"profile.toml": b'name = "x"\nversion = "1"'}), "no messages"),
        (lambda f: f.update({"profile.toml": f["profile.toml"].replace(b'root = "Response"', b"root = 7")}), "root"),
    ],
)
def test_unusable_profile_folder_is_a_settings_error(profile: Profile, change: object, said: str) -> None:
    files = dict(profile.files)
    change(files)  # type: ignore[operator]
    with pytest.raises(SettingsError, match=said):
        from_files(files)


def test_every_own_or_unconfirmed_id_in_the_schemas_is_declared_in_sources(profile: Profile) -> None:
    sources = tomllib.loads(profile.files["SOURCES.toml"].decode())
    declared = set(sources["own"]["classes"]) | set(sources["own"]["attributes"])
    text = "".join(profile.files[name].decode() for name in profile.files if name.endswith(".xsd"))
    used = {part.partition('"')[0] for part in text.split('ph:id="')[1:]}
    assert {one for one in used if one.startswith("X")} == declared
    assert set(sources["unconfirmed"]["ids"]) <= used

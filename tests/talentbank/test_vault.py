"""The vault seals numbers and keeps documents."""

from __future__ import annotations

import pytest

from models.values.sealed import Sealer
from models.values.store import DocumentStore
from talentbank.settings import Settings
from talentbank.vault import Vault

NUMBER = "11010519491231002X"


@pytest.fixture
def vault(tmp_path):
    return Vault(b"k" * 40, tmp_path / "documents")


class TestSealing:
    def test_gives_the_text_back(self, vault):
        assert vault.open(vault.seal(NUMBER)) == NUMBER

    def test_never_gives_the_same_answer_twice_nor_shows_the_text(self, vault):
        first, second = vault.seal(NUMBER), vault.seal(NUMBER)
        assert first != second
        assert NUMBER.encode() not in first

    def test_is_not_opened_by_another_key(self, vault, tmp_path):
        with pytest.raises(ValueError, match="another key"):
            Vault(b"o" * 40, tmp_path).open(vault.seal(NUMBER))

    @pytest.mark.parametrize("position", [1, 13, -1])
    def test_notices_any_changed_byte(self, vault, position):
        changed = bytearray(vault.seal(NUMBER))
        changed[position] ^= 1
        with pytest.raises(ValueError, match="changed"):
            vault.open(bytes(changed))

    @pytest.mark.parametrize("wrong", [b"", b"\x01", b"\x02" + b"x" * 40])
    def test_refuses_what_was_never_sealed(self, vault, wrong):
        with pytest.raises(ValueError, match="sealed"):
            vault.open(wrong)

    def test_recognises_a_number_again_but_only_with_the_same_key(self, vault, tmp_path):
        assert vault.fingerprint(NUMBER) == vault.fingerprint(NUMBER)
        assert len(vault.fingerprint(NUMBER)) == 32
        assert vault.fingerprint(NUMBER) != vault.fingerprint(NUMBER[:-1] + "1")
        assert vault.fingerprint(NUMBER) != Vault(b"o" * 40, tmp_path).fingerprint(NUMBER)


class TestDocuments:
    def test_come_back_by_their_hash(self, vault):
        assert vault.get(vault.put("意见书".encode())) == "意见书".encode()

    def test_are_kept_once(self, vault):
        assert vault.put(b"same") == vault.put(b"same")
        assert sum(one.is_file() for one in vault.folder.rglob("*")) == 1

    def test_are_kept_for_their_owner_only(self, vault):
        digest = vault.put(b"private")
        assert (vault.folder / digest[:2] / digest).stat().st_mode & 0o077 == 0

    def test_that_were_cut_short_by_a_full_disk_are_written_again(self, vault):
        digest = vault.put(b"whole")
        (vault.folder / digest[:2] / digest).write_bytes(b"who")
        assert vault.put(b"whole") == digest
        assert vault.get(digest) == b"whole"

    def test_that_were_changed_on_disk_are_not_given_out(self, vault):
        digest = vault.put(b"signed")
        (vault.folder / digest[:2] / digest).write_bytes(b"forged")
        with pytest.raises(LookupError, match="changed"):
            vault.get(digest)

    @pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", ""])
    def test_that_are_not_there_are_said_to_be_missing(self, vault, name):
        with pytest.raises(LookupError):
            vault.get(name)


def test_the_vault_is_what_the_workflows_ask_for(tmp_path):
    settings = Settings(secret_key="k" * 40, documents_dir=tmp_path, _env_file=None)
    vault = Vault.of(settings)
    sealer: Sealer = vault
    store: DocumentStore = vault
    assert sealer.open(Vault.of(settings).seal("x")) == "x"
    assert store.put(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

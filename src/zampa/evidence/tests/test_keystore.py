"""Key files: theirs alone, whole or absent, and never lost by a rotation."""

import stat

import pytest

from zampa.evidence import keystore
from zampa.ground.errors import Conflict, NotValid, Unavailable


@pytest.mark.parametrize("passphrase", ["", "一把钥匙 开一把锁"])
@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256-sha256", "sm2-sm3"])
def test_a_key_comes_back_and_is_the_owners_only(tmp_path, algorithm, passphrase):
    folder = tmp_path / "keys"
    made = keystore.create(folder, "log", algorithm, passphrase)
    path = folder / "log.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert keystore.load(folder, "log", passphrase) == made
    assert keystore.public(folder, "log") == made.public and keystore.anchors(folder, "log") == [made.public]
    assert (keystore.b64(made.secret) in path.read_text()) is not bool(passphrase)
    with pytest.raises(Conflict):
        keystore.create(folder, "log", algorithm)
    assert keystore.load(folder, "log", passphrase) == made and {p.name for p in folder.iterdir()} == {
        "log.key", "log.anchors"
    }


def test_a_locked_key_says_so_and_a_wrong_word_does_not_open_it(tmp_path):
    keystore.create(tmp_path, "log", "ed25519", "right")
    with pytest.raises(Unavailable, match="locked"):
        keystore.load(tmp_path, "log")
    with pytest.raises(NotValid, match="passphrase"):
        keystore.load(tmp_path, "log", "wrong")
    with pytest.raises(Unavailable, match="missing"):
        keystore.load(tmp_path, "book")
    (tmp_path / "bad.key").write_text("{}")
    with pytest.raises(NotValid, match="malformed"):
        keystore.load(tmp_path, "bad")


def test_rotation_announces_first_and_keeps_every_public_half(tmp_path):
    first = keystore.create(tmp_path, "log", "ed25519")
    with pytest.raises(Conflict, match="nothing_announced"):
        keystore.rotate(tmp_path, "log")
    assert keystore.following(tmp_path, "log") is None
    coming = keystore.announce(tmp_path, "log", "sm2-sm3")
    assert keystore.announce(tmp_path, "log", "sm2-sm3") == coming == keystore.following(tmp_path, "log")
    assert keystore.load(tmp_path, "log") == first
    assert keystore.rotate(tmp_path, "log") == coming
    assert keystore.load(tmp_path, "log").public == coming and keystore.following(tmp_path, "log") is None
    assert keystore.anchors(tmp_path, "log") == [first.public, coming]
    with pytest.raises(Conflict):
        keystore.rotate(tmp_path, "log")

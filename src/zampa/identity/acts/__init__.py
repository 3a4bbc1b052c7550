"""Every write of this room, one verb a function."""

from zampa.identity.acts.departments import (
    change_department,
    close_department,
    load_packaged_regions,
    load_regions,
    register_department,
)
from zampa.identity.acts.keys import issue_bearer_key, revoke_key, upload_signing_key
from zampa.identity.acts.messages import mail_messages, read_messages, send_message
from zampa.identity.acts.own import change_own_password, choose_language, enter_second_factor
from zampa.identity.acts.people import (
    INVITATION_LIFE,
    accept_invitation,
    change_person,
    invite_person,
    move_person,
    note_leaver,
    register_person,
    reset_second_factor,
    set_password,
)
from zampa.identity.acts.posts import assign_post, end_post, name_deputy, withdraw_deputy
from zampa.identity.acts.sessions import note_old_sign_ins, note_sign_in
from zampa.identity.acts.tokens import TOKEN_PREFIX, make_token, note_token_used, revoke_token

__all__ = [
    "INVITATION_LIFE",
    "TOKEN_PREFIX",
    "accept_invitation",
    "assign_post",
    "change_department",
    "change_own_password",
    "change_person",
    "choose_language",
    "close_department",
    "end_post",
    "enter_second_factor",
    "invite_person",
    "issue_bearer_key",
    "load_packaged_regions",
    "load_regions",
    "mail_messages",
    "make_token",
    "move_person",
    "name_deputy",
    "note_leaver",
    "note_old_sign_ins",
    "note_sign_in",
    "note_token_used",
    "read_messages",
    "register_department",
    "register_person",
    "reset_second_factor",
    "revoke_key",
    "revoke_token",
    "send_message",
    "set_password",
    "upload_signing_key",
    "withdraw_deputy",
]

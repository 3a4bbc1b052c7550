"""One's own corner: account, deputies, tokens, messages; and the one-time link of a new account."""

from __future__ import annotations

from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages as notes
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zampa.desk.forms import run_act
from zampa.desk.lists import Choice, Column, ListSpec, listing
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.ground.errors import NotFound
from zampa.identity import acts, queries, rules
from zampa.identity.forms import DeputyForm, InvitationForm, LanguageForm, TokenForm
from zampa.identity.middleware import second_factor_proven
from zampa.identity.models import Message, PersonalToken, SignIn

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@signed_in
def mine(request: StaffRequest) -> HttpResponse:
    person = queries.person(request.actor, request.actor.id)
    held = list(queries.holdings_of(person.pk))
    return render(
        request,
        "identity/account.html",
        {
            "person": person,
            "holdings": held,
            "deputies": queries.deputies_of(person.pk)[:20],
            "may_lend": any(holding.post in rules.DECIDING_POSTS for holding in held),
            "factors": queries.factors_of(person),
            "tokens": queries.tokens(request.actor).filter(revoked_at=None).count(),
            "language_form": LanguageForm(initial={"language": request.COOKIES.get("language", person.language)}),
        },
    )


@signed_in
@require_POST
def language(request: StaffRequest) -> HttpResponse:
    response = see_other(reverse("identity:account"))
    form = LanguageForm(request.POST)
    if form.is_valid():
        acts.choose_language(by=request.actor, language=form.cleaned_data["language"])
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
    return response


@signed_in
def deputy_new(request: StaffRequest) -> HttpResponse:
    held = list(queries.holdings_of(request.actor.id).values_list("post", flat=True))
    form = DeputyForm(request.actor, held, request.POST or None)
    if request.method == "POST":
        deputy = run_act(
            form,
            lambda: acts.name_deputy(
                by=request.actor,
                person_id=request.actor.id,
                stand_in_id=form.cleaned_data["stand_in"].pk,
                post=form.cleaned_data["post"],
                starts=form.cleaned_data["starts"],
                ends=form.cleaned_data["ends"],
            ),
        )
        if deputy is not None:
            notes.success(request, _("已委托代理。"))
            return see_other(reverse("identity:account"))
    context = {"form": form, "title": _("委托代理"), "submit": _("委托"), "cancel": reverse("identity:account")}
    return render(request, "desk/form.html", context)


@signed_in
@require_POST
def deputy_withdraw(request: StaffRequest, deputy_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.withdraw_deputy(by=request.actor, deputy_id=deputy_id),
        said=_("代理已撤回。"),
        to=reverse("identity:account"),
    )


TOKENS = ListSpec(
    name="tokens",
    title=lazy("访问令牌"),
    columns=(
        Column("name", lazy("用途"), kind="strong", sort="name"),
        Column("scopes", lazy("范围"), value=lambda row: "、".join(_scope_words(row))),
        Column("expires_at", lazy("到期"), kind="day", sort="expires_at"),
        Column("last_used_on", lazy("最近使用"), kind="day", phone=False),
        Column("state", lazy("状态"), value=lambda row: row.state, kind="state"),
    ),
    search=("name",),
    empty=lazy("还没有令牌。脚本通过接口办事时，用令牌代替登录。"),
    empty_action=(lazy("新建令牌"), "identity:token_new"),
)


def _scope_words(row: PersonalToken) -> list[str]:
    return [str(PersonalToken.Scope(scope).label) for scope in row.scopes]


SIGN_INS = ListSpec(
    name="sign-ins",
    title=lazy("登录记录"),
    columns=(
        Column("at", lazy("时间"), kind="moment", sort="at"),
        Column("person", lazy("姓名"), kind="strong", value=lambda row: row.person.name if row.person else "—"),
        Column("username", lazy("账号"), value=lambda row: row.person.username if row.person else ""),
        Column("outcome", lazy("结果"), value="get_outcome_display"),
        Column("address", lazy("来自"), kind="code"),
    ),
    search=("person__name", "person__username", "address"),
    search_hint=lazy("姓名、账号或地址"),
    choices=(Choice("outcome", lazy("结果"), SignIn.Outcome.choices),),
    empty=lazy("还没有登录记录。"),
)


@signed_in
def sign_ins(request: StaffRequest) -> HttpResponseBase:
    """Who came in, who failed, from where: one's own, and everybody's for those who watch."""
    return listing(request, queries.sign_ins(request.actor), SIGN_INS)


@signed_in
def tokens(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.tokens(request.actor), TOKENS, "identity/tokens.html")


@never_cache
@signed_in
def token_new(request: StaffRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if request.method == "POST":
        made = run_act(
            form,
            lambda: acts.make_token(
                by=request.actor,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                days=form.cleaned_data["days"],
                proven=second_factor_proven(request),
            ),
        )
        if made is not None:
            return render(request, "identity/token_shown.html", {"token": made[0], "text": made[1]})
    context = {"form": form, "title": _("新建令牌"), "submit": _("生成"), "cancel": reverse("identity:tokens")}
    return render(request, "desk/form.html", context)


@signed_in
@require_POST
def token_revoke(request: StaffRequest, token_id: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.revoke_token(by=request.actor, token_id=token_id),
        said=_("令牌已撤销。"),
        to=reverse("identity:tokens"),
    )


MESSAGES = ListSpec(
    name="messages",
    title=lazy("消息"),
    columns=(
        Column("text", lazy("内容"), value=lambda row: text_of(row.code, row.params), link=lambda row: place(row)),
        Column("subject_name", lazy("事项"), phone=False),
        Column("created_at", lazy("时间"), kind="moment", sort="created_at"),
        Column(
            "state",
            lazy("状态"),
            value=lambda row: "read" if row.read_at else "unread",
            kind="state",
            state_of="identity.message",
        ),
    ),
    search=("subject_name",),
    choices=(
        Choice("unread", lazy("状态"), (("yes", lazy("未读")),), apply=lambda rows, value: rows.filter(read_at=None)),
    ),
    empty=lazy("还没有消息。与您有关的事有了变化，会在这里告诉您。"),
)


def place(message: Message) -> str:
    """Where a message leads; nothing when it leads nowhere."""
    if not message.url_name:
        return ""
    return resolve_url(message.url_name, *([message.url_arg] if message.url_arg else []))


@signed_in
def messages(request: StaffRequest) -> HttpResponseBase:
    return listing(request, queries.messages(request.actor), MESSAGES, "identity/messages.html")


@signed_in
@require_POST
def messages_read(request: StaffRequest) -> HttpResponse:
    acts.read_messages(by=request.actor)
    return see_other(reverse("identity:messages"))


@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The link sets the password; who has a second factor already must still pass it at the log-in page."""
    try:
        invited = queries.invitation(secret).person
    except NotFound:
        return render(request, "identity/invitation_gone.html", status=404)
    form = InvitationForm(request.POST or None)
    if request.method == "POST":
        person = run_act(form, lambda: acts.accept_invitation(secret=secret, password=form.cleaned_data["password"]))
        if person is not None:
            if queries.factors_of(person):
                return see_other(reverse("account_login"))
            login(request, person, backend=BACKEND)
            record_authentication(request, person, "password")
            required = settings.ZAMPA_SECOND_FACTOR == "required"
            return see_other(reverse("mfa_activate_totp") if required else "/")
    return render(request, "identity/invitation.html", {"form": form, "invited": invited})

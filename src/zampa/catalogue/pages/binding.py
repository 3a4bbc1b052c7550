"""Items and the data elements they mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zampa.catalogue import acts, queries, rules
from zampa.catalogue.forms.binding import BindingForm
from zampa.desk.pages import StaffRequest, press, see_other, signed_in
from zampa.desk.wording import text_of
from zampa.ground.errors import Conflict, NotAllowed, NotValid
from zampa.standards import queries as standards


@signed_in
def bind(request: StaffRequest, pk: UUID) -> HttpResponse:
    """All items of an entry with the elements they may mean, each suggestion with its reason."""
    found = queries.resource(request.actor, pk)
    rules.may_edit(request.actor, str(found.provider_id)).require()
    items = list(queries.items_of(pk))
    said = {
        str(one.pk): standards.suggested(
            request.actor, name=one.name, column=one.column, comment=one.note, type=one.type
        )
        for one in items
    }
    form = BindingForm(items, said, request.POST or None)
    back = reverse("catalogue:resource", args=[pk]) + "?tab=standards"
    if request.method == "POST" and form.is_valid():
        try:
            acts.bind_items(by=request.actor, resource_id=pk, bound=form.bound())
        except NotValid as error:
            for fault in error.faults:
                form.add_error(f"other_{fault.where}", text_of(fault.code, fault.params))
        except (NotAllowed, Conflict) as error:
            form.add_error(None, text_of(error.code, error.params))
        else:
            messages.success(request, _("对应关系已保存"))
            return see_other(back)
    rows: list[dict[str, Any]] = [
        {"item": one, "to": form[f"to_{one.pk}"], "other": form[f"other_{one.pk}"], "said": said[str(one.pk)]}
        for one in items
    ]
    context = {"resource": found, "form": form, "rows": rows, "cancel": back}
    return render(request, "catalogue/bind.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def follow(request: StaffRequest, pk: UUID) -> HttpResponse:
    return press(
        request,
        lambda: acts.follow_elements(by=request.actor, resource_id=pk),
        said=_("敏感程度和取值检查已按数据元补齐"),
        to=reverse("catalogue:resource", args=[pk]) + "?tab=standards",
    )

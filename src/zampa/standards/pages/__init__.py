"""Pages of the standards: documents, data elements, code lists."""

from django.urls import path

from zampa.standards.pages import documents, elements, files, lists, rules

app_name = "standards"
urlpatterns = [
    path("elements/", elements.listed, name="elements"),
    path("elements/new/", elements.new, name="element_new"),
    path("elements/import/", files.elements_in, name="elements_in"),
    path("elements/export/<str:kind>/", files.elements_out, name="elements_out"),
    path("elements/<uuid:element_id>/", elements.shown, name="element"),
    path("elements/<uuid:element_id>/change/", elements.change, name="element_change"),
    path("elements/<uuid:element_id>/propose/", elements.propose, name="element_propose"),
    path("elements/<uuid:element_id>/decide/", elements.decide, name="element_decide"),
    path("elements/<uuid:element_id>/end/", elements.end, name="element_end"),
    path("elements/<uuid:element_id>/rules/new/", rules.new, name="rule_new"),
    path("elements/<uuid:element_id>/rules/<uuid:rule_id>/drop/", rules.drop, name="rule_drop"),
    path("elements/numbered/<str:element_number>/", elements.numbered, name="element_numbered"),
    path("lists/", lists.listed, name="lists"),
    path("lists/new/", lists.new, name="list_new"),
    path("lists/<uuid:list_id>/", lists.shown, name="list"),
    path("lists/<uuid:list_id>/change/", lists.change, name="list_change"),
    path("lists/<uuid:list_id>/end/", lists.end, name="list_end"),
    path("lists/<uuid:list_id>/import/", files.values_in, name="values_in"),
    path("lists/<uuid:list_id>/export/<str:kind>/", files.values_out, name="values_out"),
    path("documents/", documents.listed, name="documents"),
    path("documents/new/", documents.new, name="document_new"),
    path("documents/<uuid:document_id>/", documents.shown, name="document"),
    path("documents/<uuid:document_id>/change/", documents.change, name="document_change"),
    path("documents/<uuid:document_id>/in-force/", documents.in_force, name="document_in_force"),
    path("documents/<uuid:document_id>/abolish/", documents.abolish, name="document_abolish"),
    path("documents/<uuid:document_id>/adopt/", documents.adopt, name="document_adopt"),
    path("documents/<uuid:document_id>/papers/", documents.add_paper, name="document_add_paper"),
    path("documents/<uuid:document_id>/papers/<uuid:paper_id>/", documents.paper, name="document_paper"),
    path(
        "documents/<uuid:document_id>/papers/<uuid:paper_id>/drop/",
        documents.remove_paper,
        name="document_drop_paper",
    ),
]

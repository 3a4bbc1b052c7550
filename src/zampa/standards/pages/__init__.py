"""Pages of the standards: documents, data elements, code lists."""

from django.urls import path

from zampa.standards.pages import documents, elements, lists

app_name = "standards"
urlpatterns = [
    path("elements/", elements.listed, name="elements"),
    path("elements/<uuid:element_id>/", elements.shown, name="element"),
    path("elements/numbered/<str:element_number>/", elements.numbered, name="element_numbered"),
    path("lists/", lists.listed, name="lists"),
    path("lists/<uuid:list_id>/", lists.shown, name="list"),
    path("documents/", documents.listed, name="documents"),
    path("documents/<uuid:document_id>/", documents.shown, name="document"),
]

"""Pages of the catalogue."""

from django.urls import path

from zampa.catalogue.pages import attaching, binding, classes, deciding, drafting, entries, quality, search, sources

app_name = "catalogue"
urlpatterns = [
    path("", entries.resources, name="resources"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("searches/", search.saved, name="saved_searches"),
    path("searches/save/", search.save, name="save_search"),
    path("searches/<uuid:search_id>/", search.saved_search, name="saved_search"),
    path("searches/<uuid:search_id>/drop/", search.drop, name="drop_search"),
    path("new/", drafting.new, name="new"),
    path("from-table/", drafting.from_table, name="from_table"),
    path("classes/", classes.classes, name="classes"),
    path("classes/branch/", classes.branch, name="branch"),
    path("classes/counts/", classes.counts, name="counts"),
    path("classes/options/", classes.class_options, name="class_options"),
    path("classes/import/", classes.import_classes, name="import_classes"),
    path("classes/map/", classes.map_class, name="map_class"),
    path("classes/unmap/<int:map_id>/", classes.unmap_class, name="unmap_class"),
    path("<uuid:pk>/places/", classes.places, name="places"),
    path("<uuid:pk>/", entries.resource, name="resource"),
    path("<uuid:pk>/edit/", drafting.edit, name="edit"),
    path("<uuid:pk>/items/", drafting.items, name="items"),
    path("<uuid:pk>/items/<uuid:item_id>/", drafting.item, name="item"),
    path("<uuid:pk>/elements/", binding.bind, name="bind"),
    path("<uuid:pk>/elements/follow/", binding.follow, name="follow"),
    path("<uuid:pk>/attach/", attaching.attach, name="attach"),
    path("<uuid:pk>/history/", sources.history, name="history"),
    path("quality/", quality.overview, name="quality"),
    path("<uuid:pk>/quality/", quality.judged, name="judged"),
    path("<uuid:pk>/quality/judge/", quality.judge, name="judge"),
    path("<uuid:pk>/quality/rules/new/", quality.new_rule, name="new_rule"),
    path("quality-rules/<uuid:quality_rule_id>/drop/", quality.drop_rule, name="drop_rule"),
    path("judgements/<uuid:judgement_id>/", quality.judgement, name="judgement"),
    path("judgements/<uuid:judgement_id>/rows/", quality.sampled, name="sampled"),
    path("overdue/", sources.overdue, name="overdue"),
    path("<uuid:pk>/decide/", deciding.decide, name="decide"),
    path("<uuid:pk>/change/", deciding.change, name="change"),
    path("<uuid:pk>/versions/<int:number>/", entries.version, name="version"),
    path("<uuid:pk>/do/<str:name>/", deciding.step, name="step"),
    path("attachments/<uuid:pk>/<str:name>/", attaching.attachment_step, name="attachment_step"),
]

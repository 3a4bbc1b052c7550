"""What all staff pages share: lists, forms, the wording of codes, the tags of the templates. It knows no other room."""

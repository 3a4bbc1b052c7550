"""Pure decisions of this room: who may, what is whole, what fits what."""

"""What waits for a decision, by whom and until when: tasks, reviews, and clocks counted in working days.

The days themselves are policy, kept as versioned data; the calendar is layered, since prefectures in Xizang
announce their own holidays. An owning room opens a task, asks for the decision here and applies its own effect.
"""

"""The full-text index: one copy a machine, fed from outside, asked in Chinese, Tibetan, pinyin, initials or codes.

It knows no database and no Django. A higher room hands it entries as values (`entries.Entry`) and asks it with values
(`asking.Asked`); what a reader may not see is filtered inside every query, so that it is not counted either.
"""

"""Tables for people who go on with pandas: their columns, what fills them, and their files.

Only `columns` and `page` can be imported without pandas and pyarrow, which take longer to import
than a small capture takes to diagnose.
"""

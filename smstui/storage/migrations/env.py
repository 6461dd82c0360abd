"""What alembic runs: the migrations, inside the transaction that `smstui.storage.migrate` has begun."""

from alembic import context

from smstui.storage.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()

"""Every change of what is left is told of where few are left: shoppers read the number, and bundles may take several."""

from importlib import import_module

from django.db import migrations, models

RESERVE = """
CREATE OR REPLACE FUNCTION inventory_reserve(
    wanted_for uuid, variants uuid[], units int[], keys uuid[], ttl interval, who text, patience text,
    OUT is_known boolean, OUT held_until timestamptz
)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    moment timestamptz := statement_timestamp() + ttl;
    items uuid[] := '{}';
    item_id uuid;
    line int;
BEGIN
    PERFORM set_config('lock_timeout', patience, true);
    -- One at a time for each reference, as the long way does: the second click finds what the first one holds.
    PERFORM pg_advisory_xact_lock(uuid_hash_extended(wanted_for, 0));
    is_known := EXISTS (SELECT FROM inventory_reservation WHERE reference = wanted_for);
    IF is_known THEN
        RETURN;
    END IF;
    -- A look without a lock: whoever comes too late is told so without waiting for those who are in time.
    FOR line IN 1 .. cardinality(variants) LOOP
        SELECT item.id INTO item_id
        FROM inventory_stockitem item
        JOIN inventory_location location ON location.id = item.location_id AND location.is_active
        WHERE item.variant_id = variants[line] AND NOT item.has_waiting AND item.backorder_limit = 0
          AND item.on_hand - item.reserved - item.allocated > units[line];
        IF NOT FOUND OR EXISTS (
            SELECT FROM inventory_stockitem other WHERE other.variant_id = variants[line] AND other.id <> item_id
        ) THEN
            RETURN;
        END IF;
        items[line] := item_id;
    END LOOP;
    BEGIN
        FOR line IN 1 .. cardinality(variants) LOOP
            INSERT INTO inventory_reservation
                (id, reference, stock_item_id, variant_id, quantity, status, expires_at, actor, created_at)
            VALUES (keys[line], wanted_for, items[line], variants[line], units[line], 'open', moment, who,
                    statement_timestamp());
        END LOOP;
        -- Last, and in order of primary key, what others wait for. It sees the row as the one before left it.
        FOR item_id, line IN SELECT * FROM unnest(items) WITH ORDINALITY ORDER BY 1 LOOP
            UPDATE inventory_stockitem
            SET reserved = reserved + units[line], version = version + 1, updated_at = statement_timestamp()
            WHERE id = item_id AND NOT has_waiting AND backorder_limit = 0
              AND on_hand - reserved - allocated > units[line]
              -- An item that turns low has something to tell, which the long way does.
              AND (on_hand - reserved - allocated <= low_stock_threshold
                   OR on_hand - reserved - allocated - units[line] > low_stock_threshold)
              -- So has one of which so few are left that each of them counts.
              AND on_hand - reserved - allocated - units[line] >= told_below;
            IF NOT FOUND THEN
                RAISE EXCEPTION USING ERRCODE = 'HF001';
            END IF;
        END LOOP;
        held_until := moment;
    EXCEPTION WHEN SQLSTATE 'HF001' THEN
        held_until := NULL;
    END;
END $$
"""
_FIRST = import_module("inventory.migrations.0006_reserve").RESERVE.replace("CREATE", "CREATE OR REPLACE", 1)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0008_feed_forgotten")]

    operations = [
        migrations.AddField(
            model_name="stockitem",
            name="told_below",
            field=models.PositiveSmallIntegerField(db_default=10, default=10, editable=False),
        ),
        migrations.RunSQL(sql=RESERVE, reverse_sql=_FIRST),
    ]

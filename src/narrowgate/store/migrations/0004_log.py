from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_text"),
    ]

    operations = [
        migrations.CreateModel(
            name="Witnessing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("required", models.IntegerField()),
                ("witnesses", models.JSONField()),
                ("index", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="expired_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="projection",
            name="last_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="projection",
            name="root",
            field=models.CharField(default="", max_length=64),
        ),
    ]

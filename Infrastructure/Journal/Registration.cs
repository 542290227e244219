using AiEditor.Persistence.Infrastructure.Http;
using FluentValidation;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>Finds the writing slices and their validators; a new slice is found without being named anywhere.</summary>
public static class Registration
{
    public static WebApplicationBuilder AddJournal(this WebApplicationBuilder builder)
    {
        ValidatorOptions.Global.PropertyNameResolver = static (_, member, expression) =>
            FieldNames.Of(member, expression);
        ValidatorOptions.Global.DisplayNameResolver = ValidatorOptions.Global.PropertyNameResolver;
        var assembly = typeof(Journal).Assembly;
        builder.Services.AddValidatorsFromAssembly(assembly, ServiceLifetime.Singleton, includeInternalTypes: true);
        foreach (
            var slice in assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsAssignableTo(typeof(IWrite)))
        )
            builder.Services.AddSingleton(typeof(IWrite), slice);
        builder.Services.AddSingleton<Journal>().AddHostedService(services => services.GetRequiredService<Journal>());
        return builder;
    }
}

using AiEditor.Persistence.Infrastructure.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AiEditor.Persistence.Infrastructure.Auth;

/// <summary>Bearer tokens: HS256 under JWT_SECRET, or those of the OpenID Connect issuer that JWT_AUTHORITY names.</summary>
public static class Authentication
{
    static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>The secret is the same for as long as the process lives; an issuer may withdraw a key at any time.</summary>
    static readonly (TimeSpan OfSecret, TimeSpan OfAuthority) Memory = (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));

    /// <summary>What the framework looks for before it puts its own middleware in front of everything.</summary>
    static readonly string[] AreUsed = ["__AuthenticationMiddlewareSet", "__AuthorizationMiddlewareSet"];

    static readonly string[] AuthorityAlgorithms =
    [
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
    ];

    public static WebApplicationBuilder AddBearerTokens(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        var authority = settings["JWT_AUTHORITY"];
        if (!string.IsNullOrEmpty(authority) && !IsIssuer(authority, builder.Environment))
            throw new InvalidSettingException(
                "JWT_AUTHORITY",
                "must be the https:// address of an OpenID Connect issuer"
            );
        var key = string.IsNullOrEmpty(authority)
            ? new SymmetricSecurityKey(Secret.Read(settings, builder.Environment))
            : null;
        if (key is not null)
            builder.Services.AddSingleton(key);
        builder.Services.AddSingleton(_ => new KnownTokens(
            ClockSkew,
            key is null ? Memory.OfAuthority : Memory.OfSecret
        ));
        builder
            .Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(options =>
            {
                options.MapInboundClaims = false;
                options.IncludeErrorDetails = false;
                options.SaveToken = false;
                if (key is null)
                {
                    options.Authority = authority;
                    options.RequireHttpsMetadata = !builder.Environment.IsDevelopment();
                }
                options.TokenValidationParameters = new TokenValidationParameters
                {
                    ValidAlgorithms = key is null ? AuthorityAlgorithms : [SecurityAlgorithms.HmacSha256],
                    IssuerSigningKey = key,
                    // A token cannot bring its own key.
                    TryAllIssuerSigningKeys = key is not null,
                    RequireExpirationTime = true,
                    RequireSignedTokens = true,
                    ClockSkew = ClockSkew,
                    ValidateAudience = settings["JWT_AUDIENCE"] is { Length: > 0 },
                    ValidAudience = settings["JWT_AUDIENCE"],
                    ValidateIssuer = key is null || settings["JWT_ISSUER"] is { Length: > 0 },
                    ValidIssuer = settings["JWT_ISSUER"] is { Length: > 0 } issuer ? issuer : null,
                };
                options.Events = new JwtBearerEvents
                {
                    OnMessageReceived = context =>
                    {
                        context.Token = SocketToken.Read(context.HttpContext);
                        return Task.CompletedTask;
                    },
                    OnTokenValidated = context =>
                    {
                        if (Caller.TryParse(context.Principal!, out var caller))
                            context.Principal = caller.ToPrincipal();
                        else
                            context.Fail("sub is no user id");
                        // RFC 7515: extensions that are critical and not understood make a token invalid.
                        if (
                            context.SecurityToken is JsonWebToken token
                            && token.TryGetHeaderValue<object>("crit", out _)
                        )
                            context.Fail("crit names what nobody here understands");
                        return Task.CompletedTask;
                    },
                    OnChallenge = context =>
                    {
                        context.HandleResponse();
                        return Problem.Unauthorized.ExecuteAsync(context.HttpContext);
                    },
                };
            });
        // Tokens are not cookies: nothing here is encrypted by this machine, so no key is to be kept on its disk.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthorization();
        // It looks for a trace of the authorization that known tokens are spared.
        builder.Services.Configure<RouteOptions>(routes => routes.SuppressCheckForUnhandledSecurityMetadata = true);
        return builder;
    }

    /// <summary>
    /// Asks the framework only about tokens that are not known yet, and about those who bring none. All that any route wants to
    /// know is whose token it is: who is known has nothing more to prove.
    /// </summary>
    public static void UseBearerTokens(this IApplicationBuilder app)
    {
        var tokens = app.ApplicationServices.GetRequiredService<KnownTokens>();
        foreach (var used in AreUsed)
            app.Properties[used] = true;
        app.UseWhen(
            context => !TryKnown(context, tokens),
            unknown =>
                unknown
                    .UseAuthentication()
                    .Use(
                        (context, next) =>
                        {
                            if (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult is { } result)
                                tokens.Keep(context, result);
                            return next(context);
                        }
                    )
                    .UseAuthorization()
        );
    }

    static bool TryKnown(HttpContext context, KnownTokens tokens)
    {
        if (tokens.Find(context) is not { } result)
            return false;
        context.User = result.Principal!;
        context.Features.Set<IAuthenticateResultFeature>(new Known { AuthenticateResult = result });
        return true;
    }

    sealed class Known : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }

    static bool IsIssuer(string text, IHostEnvironment environment) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == "https" || (uri.Scheme == "http" && environment.IsDevelopment()));
}

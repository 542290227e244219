using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AiEditor.Persistence.Infrastructure.Auth;

/// <summary>Tokens for the asking, in Development only.</summary>
public static class DevTokens
{
    static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public static string Issue(SymmetricSecurityKey key, IConfiguration settings, long userId) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = userId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                },
                Issuer = settings["JWT_ISSUER"],
                Audience = settings["JWT_AUDIENCE"],
                Expires = DateTime.UtcNow + Life,
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
            }
        );
}
